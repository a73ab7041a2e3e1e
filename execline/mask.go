package execline

import (
	"strconv"
	"strings"
)

func octalMask(mask int) string {
	digits := strconv.FormatInt(int64(mask), 8)
	return strings.Repeat("0", max(0, 4-len(digits))) + digits
}

// parseMask reads an octal mask, or permissions as chmod(1) takes them, which apply to what mask permits now.
func parseMask(word string, mask int) (int, bool) {
	if word != "" && '0' <= word[0] && word[0] <= '9' {
		n, err := strconv.ParseUint(word, 8, 32)
		return int(n & 0o777), err == nil
	}
	allowed := ^mask & 0o777
	for clause := range strings.SplitSeq(word, ",") {
		var ok bool
		if allowed, ok = applyClause(clause, allowed); !ok {
			return 0, false
		}
	}
	return ^allowed & 0o777, true
}

// applyClause applies one clause: [ugoa...] and then + - = with permissions, any number of times; none changes nothing.
func applyClause(clause string, allowed int) (int, bool) {
	who := 0
	i := 0
	for ; i < len(clause) && strings.IndexByte("ugoa", clause[i]) >= 0; i++ {
		who |= map[byte]int{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[clause[i]]
	}
	if who == 0 {
		who = 0o777
	}
	for i < len(clause) {
		op := clause[i]
		i++
		end := i
		for end < len(clause) && strings.IndexByte("+-=", clause[end]) < 0 {
			end++
		}
		perms, ok := permissions(clause[i:end], allowed)
		if !ok {
			return 0, false
		}
		i = end
		switch op {
		case '+':
			allowed |= perms & who
		case '-':
			allowed &^= perms & who
		case '=':
			allowed = allowed&^who | perms&who
		default:
			return 0, false
		}
	}
	return allowed, true
}

// permissions are letters of rwx, or one of ugo for what that class has, for all classes.
func permissions(word string, allowed int) (perms int, ok bool) {
	if len(word) == 1 {
		if shift := strings.IndexByte("ogu", word[0]); shift >= 0 {
			return allowed >> (3 * shift) & 7 * 0o111, true
		}
	}
	for i := range len(word) {
		switch word[i] {
		case 'r':
			perms |= 0o444
		case 'w':
			perms |= 0o222
		case 'x':
			perms |= 0o111
		case 'X': // execution, where any class may execute now
			if allowed&0o111 != 0 {
				perms |= 0o111
			}
		case 's', 't': // mean nothing to a mask
		default:
			return 0, false
		}
	}
	return perms, true
}
