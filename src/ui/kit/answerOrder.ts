/**
 * For answers that may overtake each other: to be called when one is asked for, and what it answers when that one is
 * there. False: one that was asked for later is shown already. An answer is never put off for one still to come, as
 * a slow node that always has news would show none.
 */
export function answerOrder(): () => () => boolean {
	let asked = 0;
	let answered = 0;
	return () => {
		asked += 1;
		const mine = asked;
		return () => {
			if (mine < answered) {
				return false;
			}
			answered = mine;
			return true;
		};
	};
}
