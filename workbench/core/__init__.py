"""Words every other module speaks: errors, types, declarations, languages."""
