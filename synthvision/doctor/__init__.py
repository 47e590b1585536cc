"""What this machine has and lacks: see ``examination``."""

from synthvision.doctor.examination import Examination, as_text, examine
from synthvision.doctor.finding import Finding
from synthvision.doctor.machine import Machine

__all__ = ["Examination", "Finding", "Machine", "as_text", "examine"]
