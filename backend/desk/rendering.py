"""How form fields look: label, hint, error, control, in this order."""

from django.forms.renderers import TemplatesSetting


class DeskForms(TemplatesSetting):
    """Django's own widgets, our field around them."""

    field_template_name = "field/template.html"
