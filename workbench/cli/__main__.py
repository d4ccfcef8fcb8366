"""Run the command line: ``python -m workbench.cli``."""

from workbench.cli.app import main

if __name__ == "__main__":
    main()
