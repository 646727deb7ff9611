type A = string number
