"""Where a rule comes from (依据): an article, an office decision, or a product default.

A date, light, notice or point never appears without one of these, and the three kinds
are never mixed up: no number is invented under an article's name.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

CitationKind = Literal["article", "office_decision", "product_default"]

KIND_TITLES: dict[str, str] = {
    "article": "条文",
    "office_decision": "本机关决定",
    "product_default": "系统默认",
}


class Citation(BaseModel):
    """One ground for one rule.

    ``ref`` is the article's id inside its pack ("7.1"); empty for the other two kinds.
    ``text`` is what a person reads: "第七条第（一）项", or the words of the decision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: CitationKind
    ref: str = ""
    text: str

    def __str__(self) -> str:
        return self.text if self.kind == "article" else f"{KIND_TITLES[self.kind]}：{self.text}"
