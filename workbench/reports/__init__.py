"""Reports: parameters, plan, execution, pages and gallery."""
