"""`python -m bot` is `nuanxin`."""

import sys

from bot.cli import main

sys.exit(main())
