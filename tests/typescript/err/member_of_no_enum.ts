enum E { A } type R = E.B
