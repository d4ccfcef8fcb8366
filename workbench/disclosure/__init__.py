"""Statistical confidentiality: rules, suppression, audit, release."""
