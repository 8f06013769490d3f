"""暖新: the chatbot and the hotline console."""

import os

# Rasa reports usage and crashes to outside servers unless told not to before its first import.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Only characters are read, one by one: the readings of 47,000 phrases would weigh 45 MB.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
