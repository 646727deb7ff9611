type A = unique symbol
