package rules

import "strings"

// irregular maps verbs to their past tense and, where it differs, their participle.
var irregular = map[string][]string{
	"be": {"was", "were", "been"}, "become": {"became"}, "begin": {"began", "begun"}, "bet": {"bet"}, "bid": {"bid"},
	"bind": {"bound"}, "break": {"broke", "broken"}, "bring": {"brought"}, "build": {"built"}, "burn": {"burnt"},
	"buy": {"bought"}, "catch": {"caught"}, "choose": {"chose", "chosen"}, "come": {"came"}, "cost": {"cost"}, "cut": {"cut"},
	"deal": {"dealt"}, "dig": {"dug"}, "do": {"did", "done"}, "draw": {"drew", "drawn"}, "drink": {"drank", "drunk"},
	"drive": {"drove", "driven"}, "eat": {"ate", "eaten"}, "fall": {"fell", "fallen"}, "feed": {"fed"}, "feel": {"felt"},
	"fight": {"fought"}, "find": {"found"}, "fit": {"fit"}, "fly": {"flew", "flown"}, "forbid": {"forbade", "forbidden"},
	"forget": {"forgot", "forgotten"}, "forgive": {"forgave", "forgiven"}, "freeze": {"froze", "frozen"}, "get": {"got", "gotten"},
	"give": {"gave", "given"}, "go": {"went", "gone"}, "grow": {"grew", "grown"}, "hang": {"hung"}, "have": {"had"}, "hear": {"heard"},
	"hide": {"hid", "hidden"}, "hit": {"hit"}, "hold": {"held"}, "hurt": {"hurt"}, "keep": {"kept"}, "know": {"knew", "known"},
	"lay": {"laid"}, "lead": {"led"}, "learn": {"learnt"}, "leave": {"left"}, "lend": {"lent"}, "let": {"let"}, "light": {"lit"},
	"lose": {"lost"}, "make": {"made"}, "mean": {"meant"}, "meet": {"met"}, "mistake": {"mistook", "mistaken"}, "overcome": {"overcame"},
	"override": {"overrode", "overridden"}, "overwrite": {"overwrote", "overwritten"}, "pay": {"paid"}, "prepay": {"prepaid"},
	"put": {"put"}, "quit": {"quit"}, "read": {"read"}, "rebuild": {"rebuilt"}, "rerun": {"reran"}, "resend": {"resent"}, "reset": {"reset"},
	"rid": {"rid"}, "ride": {"rode", "ridden"}, "ring": {"rang", "rung"}, "rise": {"rose", "risen"}, "run": {"ran", "run"}, "say": {"said"},
	"see": {"saw", "seen"}, "seek": {"sought"}, "sell": {"sold"}, "send": {"sent"}, "set": {"set"}, "shake": {"shook", "shaken"},
	"shine": {"shone"}, "shoot": {"shot"}, "show": {"showed", "shown"}, "shrink": {"shrank", "shrunk"}, "shut": {"shut"},
	"sing": {"sang", "sung"}, "sink": {"sank", "sunk"}, "sit": {"sat"}, "sleep": {"slept"}, "slide": {"slid"}, "speak": {"spoke", "spoken"},
	"spend": {"spent"}, "spin": {"spun"}, "split": {"split"}, "spread": {"spread"}, "stand": {"stood"}, "steal": {"stole", "stolen"},
	"stick": {"stuck"}, "strike": {"struck"}, "swear": {"swore", "sworn"}, "sweep": {"swept"}, "swim": {"swam", "swum"},
	"swing": {"swung"}, "take": {"took", "taken"}, "teach": {"taught"}, "tear": {"tore", "torn"}, "tell": {"told"}, "think": {"thought"},
	"throw": {"threw", "thrown"}, "undergo": {"underwent"}, "understand": {"understood"}, "undo": {"undid", "undone"},
	"unset": {"unset"}, "upset": {"upset"}, "wake": {"woke", "woken"}, "wear": {"wore", "worn"}, "win": {"won"}, "wind": {"wound"},
	"withdraw": {"withdrew", "withdrawn"}, "withhold": {"withheld"}, "write": {"wrote", "written"}, "rewrite": {"rewrote", "rewritten"},
	"redo": {"redid", "redone"}, "resell": {"resold"}, "retake": {"retook", "retaken"}, "oversell": {"oversold"}, "broadcast": {"broadcast"},
	"forecast": {"forecast"}, "input": {"input"}, "withstand": {"withstood"}, "foresee": {"foresaw", "foreseen"},
}

// pastForms are the past tenses and participles of irregular verbs.
var pastForms = func() map[string]bool {
	forms := map[string]bool{}
	for _, list := range irregular {
		for _, form := range list {
			forms[form] = true
		}
	}
	return forms
}()

// notPast are words that end like the past tense and are none.
var notPast = wordSet("bed bleed breed embed exceed feed freed heed hundred indeed kindred led need proceed red sacred seed shed sled speed succeed weed wed id")

// doubling are common verbs of several syllables that double their last letter.
var doubling = wordSet("admit begin commit control defer equip forget format occur omit patrol permit prefer program recur refer regret submit transfer transmit unplug zap")

// isPast reports whether a lower-case English word is a past tense or participle.
func isPast(word string) bool {
	if pastForms[word] {
		return true
	}
	return len(word) > 3 && strings.HasSuffix(word, "ed") && !notPast[word]
}

// isBase reports whether a word is a verb that is common in event names and not in
// the past tense; set and read are both.
func isBase(word string) bool {
	_, known := irregular[word]
	return known || commonVerbs[word]
}

var commonVerbs = wordSet(`abort accept access acknowledge activate add adjust allocate answer apply approve archive ask assign attach attempt
	authenticate authorize block book bounce browse calculate call cancel capture change charge check clear click close collect
	complete configure confirm connect consume convert copy correct create deactivate decline decrease delete deliver deny deploy
	detach detect disable disconnect dismiss dispatch display dispute download drop edit email enable enter escalate exceed exit expire export
	extend fail favorite fetch filter finish flag follow fulfill hover ignore impress import increase initiate insert install invite
	invoice issue join launch like link list load lock log login logout match merge migrate miss modify mount move mute navigate notify observe open order
	pack pause perform pick pin place play post press print process promote publish pull purchase push queue rate receive record redeem
	redirect refresh refund register reject release reload remove rename render renew reopen repeat replace reply report request
	require reschedule resolve respond restart restore resume retrieve retry return review revoke save scan schedule scroll search select share ship
	sign signup skip sort start stop store submit subscribe succeed suggest suspend swipe switch sync tap terminate test toggle track transfer
	trigger unfollow uninstall unlike unlock unmute unsubscribe update upgrade upload use validate verify view visit void vote wait watch withdraw`)

// pastOf is the past tense of a verb.
func pastOf(verb string) string {
	if forms := irregular[verb]; len(forms) > 0 {
		return forms[len(forms)-1]
	}
	switch {
	case isPast(verb):
		return verb
	case strings.HasSuffix(verb, "e"):
		return verb + "d"
	case strings.HasSuffix(verb, "y") && len(verb) > 1 && !isVowel(verb[len(verb)-2]):
		return verb[:len(verb)-1] + "ied"
	case doubling[verb] || doublesLast(verb):
		return verb + verb[len(verb)-1:] + "ed"
	}
	return verb + "ed"
}

// doublesLast reports verbs of one syllable that end in one vowel and one consonant:
// stop, plan, tap.
func doublesLast(verb string) bool {
	n := len(verb)
	if n < 3 || isVowel(verb[n-1]) || strings.IndexByte("wxy", verb[n-1]) >= 0 || !isVowel(verb[n-2]) {
		return false
	}
	for i := range n - 2 {
		if isVowel(verb[i]) {
			return false
		}
	}
	return true
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// wordSet makes a set of the words of a text.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
