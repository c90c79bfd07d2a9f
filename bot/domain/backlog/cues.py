"""The words by which people ask for things, take them back, or keep them to themselves: tables without logic."""

from __future__ import annotations

import re

DEVOPS = (
    r"(?:devops|dev ops|the platform (?:team|people|folks)|platform (?:team|people)|"
    r"infra(?:structure)? (?:team|people)|sre)"
)
_WHO = rf"(?:you|someone|somebody|some one|anyone|anybody|they|one of you|{DEVOPS})"
_SOFT = (
    r"(?:'d|'ll| would| will| do| really| also| still| just| only| urgently| now| probably| actually| rather|"
    r" definitely| then)*"
)

#: What follows these is asked for.
ASK = re.compile(
    "|".join(
        (
            rf"\b(?:we|i|they|team|what we){_SOFT}(?:(?:'d| would)(?: \w+)? (?:like|love)| (?:need(?:ed)?|require|"
            rf"want(?:ed)?|appreciate|prefer|request|ask(?: {DEVOPS})? for|"
            r"rather have|have to have|could use|lack|miss|are missing|are lacking|are looking for|am looking for|"
            r"must have|hope for))"
            r"(?: (?:to have|to get|to see|from devops|from you|from them|is|are|it to be|help))?\b:?",
            r"\bwhat (?:we|i|we'd|i'd)\b[^.:,]{0,40}? (?:is|are)\b:?|\bwhat(?:'s| is) (?:left|missing|needed|"
            r"lacking|open)\b[^.:]{0,30}? (?:is|are)\b:?",
            r"(?:^|[,:(;] ?|\b(?:and|so|then|also|still|that|it|story|which|but|service|team|app|"
            r"tool) )needs?\b(?! to (?:know|talk|think|discuss|decide|check|wait))",
            r"^(?:(?:also|and|so|then|ok|yes|hi|hello|hey)[,:!]? ){0,2}(?:wanted|want|requesting|request(?: for)?|"
            r"looking for|missing|required|needed|ask(?: for)?|asking for|todo for devops)\b:?",
            rf"\b(?:can|could|would|will|might|may) (?:please )?{_WHO}(?: (?:from|in|of|at|"
            rf"on) (?:the )?[\w-]+(?: team)?)?(?: please| maybe| perhaps| possibly)?(?: be able to)?\b",
            r"\b(?:can|could|may|might) (?:we|i) (?:please |maybe |also |perhaps )?(?:have|get|ask for|request|"
            r"borrow)\b",
            r"\b(?:any chance|is it possible|would it be possible|is there a way|would (?:you|someone|"
            r"somebody) mind)(?: (?:of|to|for us to|that|we can|we get|we could))*(?: get| have)?\b",
            r"\b(?:help|a hand|support) (?:us |me )?(?:with|to)\b",
            rf"\b{DEVOPS} (?:should|could|must|has to|have to|would (?:have|need) to|needs to|does|do|to|will|can|"
            rf"please|"
            rf"sets? up|builds?|provides?|creates?|gives?|runs?|hosts?|installs?|adds?|makes?|opens?|prepares?|"
            rf"deploys?)\b(?! it by hand)",
            rf"(?:\bfor|\bfrom|@){DEVOPS}\s?[:,]|\b(?:for|from) {DEVOPS}\s?[:,]|\b(?:let's|i'll|we'll|please|"
            rf"shall we|we) (?:ask|request|file)(?: {DEVOPS})?(?: for| to| about)?(?: (?:it|one|this))?\b:?|"
            rf"\bask {DEVOPS} (?:for|to|about)\b",
            r"(?:^|\b(?:just|please|so|and|then) )(?:give|send|grant|get|show|teach|set|lend|hand) (?:us|me)\b",
            r"\b(?:waiting for|blocked on|stuck on|blocked by|depend(?:s|ing)? on) (?=(?:a|an|the|new|our|access|"
            r"some)\b)",
            r"\bit(?:'s| is) (?:only|just) (?=the\b)|\bwe(?:'d)? get\b|\bthere(?:'s| is| are) (?:still )?no(?=\s\w)|"
            r"\bthe ask\b[^:]{0,30}?(?:\bis\b(?: \w+:)?|:)",
            r"\b(?:request|asks?|wish(?:list)?|ticket|needed|wanted|todo)\s?:|^(?:ok(?:ay)?,? |alright,? |"
            r"right,? )?(?:so|summary|in short|to sum up|that makes|noted)\s?:",
        )
    ),
    re.IGNORECASE,
)
#: What stands before these is asked for.
ASKED_BEFORE = re.compile(
    r"\b(?:would|'d|will|could) (?:also )?(?:be|really be|already be) (?:\w+ )?(?:great|nice|good|lovely|perfect|"
    r"helpful|help|awesome|ideal|enough|handy|"
    r"useful|cool|a dream|wonderful|fantastic|amazing|a (?:big |great |huge )?(?:help|relief)|appreciated|welcome|"
    r"sweet|best)\b|"
    r"\bwould (?:do|help|spare|save|solve|suffice|make|fix|replace|cure|end|remove|be the way|cover)\b|\b(?:is|"
    r"are)? ?(?:still |what's )?(?:missing|needed|required|what we need|all we need)\b|"
    rf"\bthat we(?:'d| would)? (?:lack|need|like|miss|want)\b|\b(?:has|have|needs?|ought) to be \w+|\bmust be \w+|"
    rf"\b(?:belongs to|is owned by|is up to|is for|is) {DEVOPS}\b'?|"
    r"\b(?:pls|plz|please|bitte)\b",
    re.IGNORECASE,
)
#: An ask that nobody puts as one: what has to be, what is not there yet, what is proposed.
IMPLIED = re.compile(
    r"\b(?:must|should|has to|have to|needs? to|ought to|could)\b(?! (?:talk|think|be fine|be ok|know|work|probably|"
    r"not|we|i)\b)|"
    r"\b(?:have|has|got|there's|there is|still|with|without) (?:any |still )?no (?!problem|idea|clue|experience|"
    r"time|say|"
    r"preference|choice|rush|hurry|need|one\b|reason|doubt|other)|\b(?:out of|run out of|running out of|"
    r"hit the limit|"
    r"permission denied|not allowed to|cannot go live without|can't go live without)\b|"
    r"\b(?:what about|how about|let's have|let's get|why can't (?:we|i)|it's time (?:for|we)|if there (?:was|were)|"
    r"is there "
    r"(?:anyone|anybody|someone|somebody) who|there should be)\b|\b(?:i'd|we'd|i would|we would) (?:propose|suggest|"
    r"vote for|go for|"
    r"pay|take)\b|\bwould (?:love|bring|be better|be the)\b|\bis what we(?:'re| are| need| want)?\b|\bany (?:ideas?|"
    r"hints?|pointers)\b\?|"
    r"\bwho (?:can|could|would)\b",
    re.IGNORECASE,
)
TEAM_ITSELF = re.compile(
    r"^(?:(?:so|and|but|then|ok|well|also)[, ]+)*(?:we|i|you)(?:'d|'ll)? (?:must|should|has to|have to|needs? to|"
    r"ought to|could)\b(?! be\b| get\b| have\b)",
    re.IGNORECASE,
)
ASIDE = re.compile(
    r"\b(?:if|because|'?cause|when|unless) (?:we|i|you|they|it)\b|\b(?:last (?:time|year|month|week)|yesterday|ago|"
    r"used to)\b",
    re.IGNORECASE,
)
#: Something that used to work does not: then it is help that is asked for, whatever is broken.
TROUBLE = re.compile(
    r"\b(?:hangs?|fail(?:s|ing|ed)?|broken|breaks|crash\w*|killed|dies|died|flaky|corrupt\w*|times? out|timing out|"
    r"errors? out|(?:doesn't|does not|don't|won't) "
    r"(?:start|work|come up|respond|connect|build|boot|run)|can't reach|stuck in|unreachable|5\d\d errors?|is down|"
    r"are down|leaks?)\b",
    re.IGNORECASE,
)
#: No ask, whatever else stands there: negations, questions among the team, talk about asking.
NO_ASK = re.compile(
    r"\b(?:don't|do not|doesn't|does not|didn't|won't|wouldn't|needn't|no longer|not) (?:\w+ )?(?:need|want|require|"
    r"ask)\b|\bno (?:need|rush|hurry|training needed)\b|"
    r"\bdo (?:we|you|they|i|any of you)\b[^.?]{0,15}\b(?:need|want|have|ask)\b|\blet's not\b|^(?:and |so |"
    r"but )?(?:what|how) (?:would|could)\b|\benglish (?:pls|please)\b|^(?:pls|please|yes please|yes)\b[,.!]|"
    r"\bwhat (?:do|does|would|did) (?:we|you|they|i|it)\b|\bwho(?:'s|ever| (?!can\b|could\b|would\b))[^.]*\?|"
    r"\bneed(?:s|ed)? to (?:talk|think|discuss|decide|wait|check|agree|estimate|buy|ask|know|look up|sync|meet|"
    r"remember|"
    r"plan|go|leave|finish)\b|"
    r"\b(?:anyone|anybody|someone|somebody|who) (?:else )?(?:know|knows|remember|tell)\b|\bwhat if\b|\bshall we\b|"
    r"\bwhy (?:do|does|not|would)\b|"
    r"\bif (?:they|you|we) need\b|\bneeded anything\b|\bdid (?:we|i|you)\b|\bplease (?:note|ignore|remember|stop)\b|"
    r"\bno (?:action|request|problem|changes?)\b|\b(?:is|are) (?:planned|scheduled)\b|\btell me what you\b|"
    r"\b(?:my|this|the|our) (?:pr|mr|pull request|merge request|meeting|story|doc|slides|invite)\b|"
    r"\bnothing (?:to|for|left|needed)\b|"
    r"\bused to (?:need|want)\b|\bneeds? no\b|\b(?:we|i|they|you)(?:'d| would)? need (?:about |around |some |"
    r"roughly )?\d+ (?:minutes?|hours?|days?)\b|\bnot needed\b",
    re.IGNORECASE,
)
OWN = re.compile(
    r"\b(?:is|are|'s|stays?|remains?) (?:already )?(?:ours|mine|with us|on us|on me|our (?:part|job|homework|thing|"
    r"task|side|own|business|work|problem)|in our (?:backlog|hands|sprint))\b|"
    r"\b(?:we|i)(?:'ll| will| can| could| do| keep| take| would|'d)? [^.,;]{0,60}\b(?:ourselves|myself|on our own|"
    r"on our side|in our (?:repo|sprint))\b|"
    r"\b(?:we|i)(?:'ll| will) (?!need|want|ask|require|have to|file|request|open|be|also need|raise|never|see|"
    r"probably need)[a-z]+|"
    r"\b(?:we|i) (?:keep|take care of|take over|handle|rewrite|take|own|fill in|cover|look after|write|do that|"
    r"do it|adapt|adjust) |"
    r"\byou (?:write|do|take|handle|test|adapt|own)\b|\b(?:we|i) can (?:do|write|handle|test|take|adapt|change|"
    r"build|manage|fix|run|cover|maintain|own|add|move|port|figure)\b|"
    r"\bfrom there we (?:go|can go|take|continue|manage)\b|\b(?:our|my) part is\b|\bwe do,",
    re.IGNORECASE,
)
_IT = (
    r"(?:it|that|this|these|them|one|ours|me|what i said|everything|all(?: of it)?|"
    r"the (?:request|ticket|topic|story|idea|incident|wish))"
)
_SETTLED = (
    r"(?:solved|resolved|fixed|sorted|handled|obsolete|moot|taken care of|dealt with|parked|shelved|cancell?ed|"
    r"withdrawn|postponed|on hold|settled|"
    r"delivered|already done)"
)
WITHDRAWN = re.compile(
    r"\b(?:never ?mind|nvm|false alarm|my (?:bad|mistake|fault)|(?:it )?was me|sorry for the noise|that did (?:it|"
    r"the trick)|until further notice|indefinitely|"
    r"good enough|we(?:'re| are) good|found it)\b|\bnothing (?:left|to do|to ask|to request|needed|more|for devops|"
    r"else)\b|"
    rf"\b(?:forget|scratch|ignore|cancel|drop|clos(?:e|ing)|park(?:ing)?|shelve|postpone|withdraw|skip|scrap|"
    rf"take back) (?:about )?(?:{_IT}|for now|until)\b|"
    r"\b(?:take|taking) (?:that|it|this) back\b|\b(?:works?|is working|worked|runs|is back|are back|is up|"
    r"are up) (?:again|now|for me now|fine now|after all)\b|"
    r"\b(?:it's|is) working again\b|\bfixed it\b|\bfound the (?:problem|cause|issue|reason|mistake|culprit|bug)\b|"
    rf"\b(?:is|was|got|been|it's|that's|already|all|now|problem) (?:now |already |all )?{_SETTLED}\b|"
    rf"^{_SETTLED}\b(?! (?:by|for|with))|"
    r"^(?:it|that|this|all)(?:'s| is| was) (?:all )?done\b(?! (?:by|for|manually|with|in))|\bturn(?:s|"
    r"ed) out (?:there|to be (?:my|our|a|the)|it)\b|"
    r"\b(?:not|isn't|aren't|no longer) (?:needed|necessary|required|relevant|wanted)\b|\bno longer (?:need|want)\b|"
    r"\bdecided (?:against|not to|to (?:stay|keep|wait|live))\b|"
    r"\bdon't need (?:it|that|this|them|devops|anything|a ticket|the \w+)(?: any ?more| after all| then)?\b|\b(?:we|"
    r"i) (?:can )?withdraw\b|"
    r"\b(?:we'll|let's) (?:live|stay|stick) (?:with|as)\b|"
    rf"\b(?:{DEVOPS}|they|he|she|someone|somebody|the \w+ team) (?:has |have |had |'ve )?(?:already )?(?:did|done|"
    rf"created|fixed|delivered|set up|granted|added|"
    r"shipped|enabled|gave us|upgraded|finished)\b(?! by)|\balready (?:there|exists?|done|delivered|in place|"
    r"available|live|(?:have|has|got) (?:it|that|one))\b|"
    r"\b(?:next (?:year|quarter)|later) (?:maybe|perhaps|then)\b|\b(?:maybe|perhaps) next (?:year|quarter)\b|"
    r"\bnot (?:this|now|before next) (?:quarter|year|sprint)\b|"
    r"\bno request\b|\blet's not (?:ask|bother|do)\b|\b(?:is|are|'s) (?:already )?on it\b|\b(?:without|"
    r"no) (?:devops|a request|a ticket)(?: needed)?\b|\bnot our (?:circus|problem)\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(
    r"(?:,|;| -)\s+(?=(?:but|we|we'd|i|i'd|i'll|we'll|you|that's|the rest|while|otherwise|from there|it's|because|"
    r"since|so that|who|and (?:we|i|that|our|then))\b)|\s+(?=but\b|and (?:we|i)(?:'d)? (?:\w+ )?(?:need|want|like|"
    r"could use)\b)|\s+(?=because\b)",
    re.IGNORECASE,
)
PART = re.compile(
    r",?\s+(?:and(?: also| then)?|plus|\+|&|as well as|along with)\s+|,\s+(?:incl\.?|including)\s+|,\s+|;\s+|\s\+\s",
    re.IGNORECASE,
)
#: A part that begins so is no thing of its own: it says more about the one before.
NO_PART = re.compile(
    r"(?:that|which|who|whom|so|because|since|otherwise|before|by|until|after|if|as|then|we|i|you|they|he|she|it|"
    r"this|to|for|in|on|with|"
    r"from|at|ideally|preferably|not|no|or|only|e\.g\.|about|around|within|needed|when|where|can|could|would|will|"
    r"may|is|are|has|have|had|there|here|can't|don't|any|says?|please|pls|"
    r"thanks|over|all|both|read only|tcp|maybe)\b|\d+(?:\s*(?:gb|tb|%|h\b|of us))",
    re.IGNORECASE,
)
SUBORDINATE = re.compile(
    r"(?:,|\s)\s*(?:because|so that|otherwise|since|before|by|until|needed|no later|asap|if possible|ideally|which|"
    r"as soon|\d+ of us)\s.*$|(?<=\w)\s+(?:would|is|are)\s.*$|"
    r"\s*[?!.:;,]+\s*$",
    re.IGNORECASE | re.DOTALL,
)
LEAD = re.compile(
    r"^(?:(?:(?:to|have|get|be|is|are|also|and|plus|then|so|ok|okay|please|pls|just|from (?:devops|you)|that|us|me|"
    r"with|"
    r"for|that is|would be|maybe|yes|hi|hello|we want|there to be|but|i'd|we'd)\b|[:,\-(+&])\s*)+(?=\S)",
    re.IGNORECASE,
)
FRAGMENT = re.compile(
    r"^(?:(?:so|then|ok|okay|and|plus|also|or|yes|maybe|first|like|well)[,:]?\s+)*(?:an?|one(?! step)|some|two|"
    r"three|four|new|another|our own|more|a few|\+)\s+\S+",
    re.IGNORECASE,
)
#: A verb, or somebody who does something: then a sentence is no bare list of things.
SAYS = re.compile(
    r"^(?:every|each|all)\b|\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|can't|could|will|would|won't|"
    r"should|must|may|might|"
    r"we|i|he|she|they|it|you|there|"
    r"who|what|why|when|how|let's|no|not|yes|yep|ok|thanks|thx|that|this|still|just|already|always|every(?:body|"
    r"one)|nobody|some(?:body|one)|says?|said|takes?|fails?|makes?|sounds?|looks?|goes|comes|gets?|got|"
    r"works?|exists?|breaks?|broke|needs?|means?|wants?|think|guess|see|never|lol|haha|sprint|retro|standup|lunch|"
    r"coffee)\b|'(?:s|re|ll|d|ve|m)\b|n't\b",
    re.IGNORECASE,
)
CONTINUED = re.compile(
    r"^(?:and|plus|also|\+|&|oh and|ah and|then|and then|as well as|not to forget|additionally)\b[,:]?\s(?!(?:we|i|"
    r"you|they|it|he|she|that|this|then)\b)",
    re.IGNORECASE,
)
ANYTHING_ELSE = re.compile(
    r"\b(?:anything else|what else|forget (?:something|anything)|something else|missing something|is that all|"
    r"that all)\b",
    re.IGNORECASE,
)
WHAT_IS_NEEDED = re.compile(
    r"\bwhat(?:'s| is| do| does| would| should| else do)? ?(?:we|you|i|it|they|the ask|missing|left|needed|"
    r"help)?\b[^?]{0,30}\b(?:need|want|order|ask for|request|ask|missing|left|help|take)\b[^?]{0,40}\?",
    re.IGNORECASE,
)
SUMS_UP = re.compile(r"(?:ok|alright|right|so|summary|noted)", re.IGNORECASE)
PRONOUN = re.compile(r"\b(?:it|that|this|one|them|those|these|both|either)\b", re.IGNORECASE)
REFERS = re.compile(
    r"(?:please )?(?:(?!help)\w+ ){0,2}(?:it|them|that|this|one|those|these)\b(?! \w+ing)", re.IGNORECASE
)
NARROWS = re.compile(
    r"\bit(?:'s| is) only (?=the\b)|\ball that's left is\b|\b(?:only thing|all) (?:that )?(?:we|"
    r"i) (?:still )?(?:need|want)\b",
    re.IGNORECASE,
)
PAST = re.compile(
    r"\b(?:last (?:time|year|month|week)|yesterday|back then|in the past|used to|we tried|i tried|had to|ago)\b",
    re.IGNORECASE,
)
