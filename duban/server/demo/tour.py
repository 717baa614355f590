"""What a visitor may try first, with the accounts before whom something lies right now."""

from duban.server.models import AssignmentRow, MatterRow, Office, PetitionSignatory, Post
from duban.server.world import pack_of


def suggestions() -> list[str]:
    """Three things to try, in Chinese; what nobody has before him at present is left out."""
    found = [_late(), _to_sign(), _to_acknowledge()]
    return [words for words in found if words]


def _late() -> str:
    row = MatterRow.objects.filter(
        office__is_demo=True, restricted=False, breached=True, urged_rank=0
    ).first()
    if row is None:
        return ""
    officer = next(role.id for role in pack_of(row.office).roles if role.kind == "officer")
    user = _holder(row.office, officer)
    return (
        f"用 {user} 登录，看工作台和台账；打开逾期的“{row.title}”，点它的期限："
        "依据哪一条、从哪天起逐日怎样数，都在那里。"
    )


def _to_sign() -> str:
    waiting = PetitionSignatory.objects.filter(
        office__is_demo=True, unit="", petition__matter__restricted=False
    )
    step = waiting.select_related("petition__matter", "office").first()
    if step is None:
        return ""
    user = _holder(step.office, step.role)
    return (
        f"用 {user} 登录，签批“{step.petition.matter.title}”的{step.petition.title}：同意，或写明意见退回。"
    )


def _to_acknowledge() -> str:
    waiting = AssignmentRow.objects.filter(
        office__is_demo=True, matter__stage="dispatched", matter__restricted=False, acknowledged_at=None
    )
    for row in waiting.select_related("matter", "office"):
        posts = Post.objects.filter(office=row.office, unit__key=row.unit).order_by("-pk")
        if post := posts.select_related("user").first():
            return (
                f"用 {post.user.username} 登录，以承办单位身份签收“{row.matter.title}”，"
                "再提异议、反馈进展或者申请延期；无权看的事项一件也看不到。"
            )
    return ""


def _holder(office: Office, role: str) -> str:
    post = Post.objects.filter(office=office, role=role, unit=None).select_related("user").first()
    return post.user.username if post else ""
