"""Words every other module speaks: errors, types, declarations, languages."""

from workbench.core.startup import put_off_grammar

put_off_grammar()
