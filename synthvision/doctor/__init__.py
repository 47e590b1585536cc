"""What this machine has and lacks: see ``examination``."""

from synthvision.doctor.examination import Examination, Finding, Machine, as_text, examine

__all__ = ["Examination", "Finding", "Machine", "as_text", "examine"]
