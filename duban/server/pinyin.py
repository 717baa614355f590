"""First letters of a Chinese name, so that 区发展改革局 is found by typing qfzggj."""

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """The first letter of each syllable, lower case; letters and digits stay, other signs go."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(sign for sign in letters if sign.isalnum())
