"""``python -m localrun``: start the local run; ``python -m localrun reload``: serve what changed since."""

import sys

from localrun.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
