from linkstar.compliance.models.papers import Paper
from linkstar.compliance.models.passports import Passport, PassportEvent, Product

__all__ = ["Paper", "Passport", "PassportEvent", "Product"]
