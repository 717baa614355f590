"""What is stored: who there is, what happened (entries), and what can be read off it (projections)."""

from duban.server.models.calendar import HolidayNotice
from duban.server.models.directory_proposals import ProposedUnit
from duban.server.models.docket import Entry, Receipt, Stream
from duban.server.models.heartbeat import Heartbeat
from duban.server.models.number import NumberSeries
from duban.server.models.organisation import Office, Post, Unit, UnitContact, User
from duban.server.models.paper import Attachment
from duban.server.models.projection import (
    AssignmentRow,
    DirectiveRow,
    MatterDirective,
    MatterPerson,
    MatterRow,
    ObligationRow,
    PetitionRow,
    PetitionSignatory,
    ProposalRow,
    ReportRow,
    UrgingRow,
)

__all__ = [
    "AssignmentRow",
    "Attachment",
    "DirectiveRow",
    "Entry",
    "Heartbeat",
    "HolidayNotice",
    "MatterDirective",
    "MatterPerson",
    "MatterRow",
    "NumberSeries",
    "ObligationRow",
    "Office",
    "PetitionRow",
    "PetitionSignatory",
    "Post",
    "ProposalRow",
    "ProposedUnit",
    "Receipt",
    "ReportRow",
    "Stream",
    "Unit",
    "UnitContact",
    "UrgingRow",
    "User",
]
