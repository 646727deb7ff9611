/** @integer */ type A = string
