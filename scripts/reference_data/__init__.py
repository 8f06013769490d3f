"""Parts of ``scripts/make_reference_data.py``."""
