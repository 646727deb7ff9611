type Full = Base & { next?: Full; more: string }
interface Base { next?: Base }
