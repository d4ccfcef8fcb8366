"""The France pack: official figures of INSEE, IGN, DGCL, DILA and others."""
