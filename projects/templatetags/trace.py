"""The words of the trace in templates: `{% load trace %}`."""

from django import template

from projects import trace

register = template.Library()
register.filter("moment", trace.moment)
