type A = [string?, number]
