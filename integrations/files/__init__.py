"""Files of sales: tables as channels and spreadsheets give them, and what they say of orders and days."""
