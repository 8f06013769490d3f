"""The hotline console under `/console/`: pages, who may open them, and nothing of the rules."""
