"""All derived numbers and states: pure functions of the book, the state of the source code and a day."""
