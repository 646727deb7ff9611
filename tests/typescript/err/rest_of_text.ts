type A = [...string]
