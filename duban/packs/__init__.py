"""The regulation packs that come with the product, and packs from a folder of one's own."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from duban.core.errors import Finding, PackError
from duban.core.pack import RegulationPack
from duban.core.pack_reading import CASES, read_pack


def home() -> Path:
    """The folder that holds one folder for each pack."""
    return Path(str(files("duban.packs")))


def available(folder: Path | None = None) -> list[str]:
    """Ids of the packs in a folder, in alphabetical order."""
    return sorted(p.parent.name for p in (folder or home()).glob("*/pack.toml"))


@lru_cache
def load(pack_id: str) -> RegulationPack:
    """A pack that comes with the product. Raises :class:`PackError` with every mistake."""
    return load_folder(home() / pack_id)


def load_folder(folder: Path) -> RegulationPack:
    """The pack in one folder. Raises :class:`PackError` with every mistake."""
    return read_pack(folder.name, texts(folder))


def texts(folder: Path) -> dict[str, str]:
    """The TOML files of a pack folder, by name."""
    if not (folder / "pack.toml").is_file():
        raise PackError([Finding(str(folder), "-", "不是制度包：没有 pack.toml")])
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.name] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise PackError([Finding(path.name, "-", "不是 UTF-8 编码")]) from None
    return found


def cases(pack_id: str) -> str:
    """The worked examples of a pack that comes with the product, as TOML text."""
    path = home() / pack_id / CASES
    return path.read_text(encoding="utf-8") if path.is_file() else ""
