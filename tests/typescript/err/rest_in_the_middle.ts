type A = [...string[], number]
