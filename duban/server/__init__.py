"""The Django app: what people see and what is stored. Every rule it applies lives in duban.core."""
