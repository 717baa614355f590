"""Template tags that render the page components (see ``duban.server.web.components``).

``{% component x %}``            any component, plain text (escaped), ``None`` (nothing) or a tuple of these
``{% form_field form.title %}``  a Django bound field in the same dress as ``FormField``
``{{ day|day_text }}``           10月13日 周一
``{{ moment|moment_text }}``     10月13日 周一 09:05
"""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from duban.server.web import components
from duban.server.web.components import CitationBadge, Component, Content

register = template.Library()

SHARED = ("request", "csrf_token", "csp_nonce")
"""Variables of the page a component may see besides itself: forms need the token."""


@register.simple_tag(takes_context=True)
def component(context: Context, content: Content) -> str:
    """Render a component by the template it names; text is escaped, a tuple is rendered in order."""
    if content is None or content == "":
        return ""
    if isinstance(content, tuple):
        return format_html_join(" ", "{}", ((component(context, each),) for each in content))
    if not isinstance(content, Component):
        return conditional_escape(content)
    assert context.template is not None
    page = {name: context[name] for name in SHARED if name in context}
    chosen = context.template.engine.get_template(content.template)
    return mark_safe(chosen.render(context.new({**page, "c": content})).strip())


@register.simple_tag(takes_context=True)
def form_field(context: Context, field: BoundField, basis: CitationBadge | None = None) -> SafeString:
    """Render a Django bound field with our label, help, errors and optional citation."""
    assert context.template is not None
    chosen = context.template.engine.get_template("duban/components/bound_field.html")
    return mark_safe(chosen.render(context.new({"field": field, "basis": basis})).strip())


@register.filter
def day_text(day: date | None) -> str:
    """``10月13日 周一``; nothing for no date."""
    return components.day_text(day) if day else ""


@register.filter
def moment_text(moment: datetime | None) -> str:
    """``10月13日 周一 09:05``; nothing for no moment."""
    return components.moment_text(moment) if moment else ""
