"""What the core answers when it cannot simply do what was asked."""

from dataclasses import dataclass

from duban.core.citation import Citation


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command was refused; nothing was recorded (拒绝).

    ``message`` says in Chinese what is wrong and what to do; ``citation`` names the rule
    that refuses, where a rule does; ``field`` is the form field to correct, where one is.
    """

    message: str
    citation: Citation | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """The command was accepted, but the person must know something (提示).

    ``recorded_as`` is set where the act was taken as a lesser one: a late request for
    extension, for example, is recorded as a written explanation.
    """

    message: str
    citation: Citation | None = None
    recorded_as: str | None = None


class DubanError(Exception):
    """Base of all errors raised by the core for wrong programs or broken data."""


class PackError(DubanError):
    """A regulation pack does not load; ``findings`` lists every mistake at once."""

    def __init__(self, findings: list["Finding"]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(f) for f in findings))


class ScenarioError(DubanError):
    """A scenario file cannot be played because it is not written in the scenario format."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in a pack or scenario file, with its place."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}"
