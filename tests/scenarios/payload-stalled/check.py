"""All of it is in stall.py."""
import stall

skip, during, check = stall.refused, stall.stall, stall.check_answers
