package story

import "strings"

// stopWords are the small words of the languages most read here, folded. Where
// there is no list the frequencies find them within a day.
var stopWords = map[string]map[string]bool{
	"en": list(`a about above after again against all also am an and any are as at be because been before being below
		between both but by can could did do does doing don down during each few for from further had has have having he
		her here hers herself him himself his how i if in into is isn it its itself just ll may me might more most must my
		myself no nor not now of off on once only or other our ours out over own re s said same say says shall she should so
		some such t than that the their theirs them themselves then there these they this those through to too under until
		up upon us ve very was we were what when where which while who whom why will with would you your yours yourself`),
	"ar": list(`في من الي علي عن مع هذا هذه ذلك تلك التي الذي الذين اللذين ان انه انها كان كانت يكون تكون قد لقد قال قالت
		ما لا لم لن ليس ليست هو هي هم نحن انا كما بعد قبل بين حتي او ام ثم اذا اذ حيث عند عندما خلال منذ ضد كل بعض غير
		اي ايضا فيه فيها منه منها عليه عليها له لها لهم به بها بهم وهو وهي ومن وفي وعلي وقد وقال وان كانوا يوم اليوم
		دون حول ذات نحو لدي فقد مما بما لما كذلك هناك هنا الان وكان وكانت وقالت والتي والذي الا بان وانه لكن ولكن`),
	"fr": list(`a ai alors apres au aucun aussi aux avait avant avec avoir c ce ceci cela ces cet cette ceux chez comme d
		dans de depuis des donc dont du elle elles en encore entre est et etaient etait etant ete etre eu fait font il ils
		j je jusqu l la le les leur leurs lors lui m ma mais meme mes moins mon n ne ni nos notre nous on ont ou par pas
		pendant peu peut plus pour qu quand que quel quelle qui s sa sans se selon sera ses si son sont sous sur t ta te
		tous tout toute toutes tres tu un une vers vos votre vous y`),
	"de": list(`ab aber alle allem allen aller alles als also am an ander andere auch auf aus bei bereits bin bis da damit
		dann das dass dem den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine
		einem einen einer eines er es etwas fur gegen habe haben hat hatte hatten hier hin ich ihm ihn ihr ihre ihrem ihren
		im in ins ist ja jede jeder jetzt kann kein keine konnen man mehr mit muss nach nicht noch nun nur ob oder ohne
		sagte sehr sei sein seine seinem seinen seiner seit sich sie sind so soll uber um und uns unter vom von vor war
		waren was weil wenn wer werde werden wie wieder will wir wird wo worden wurde wurden zu zum zur zwischen`),
	"es": list(`a al algo ante antes asi aun aunque cada como con contra cual cuando de del desde donde dos durante e el
		ella ellas ellos en entre era eran es esa ese eso esta estaba estan estas este esto estos fue fueron ha habia han
		hasta hay la las le les lo los mas me mi mientras muy nada ni no nos o otra otro para pero por porque que quien se
		segun ser si sido sin sobre son su sus tambien tan tanto te tiene tienen todo todos tras tu un una uno unos y ya yo`),
	"tr": list(`acaba ama ancak arasinda ayrica az bazi belki ben bile bin bir biri birkac biz bu buna bunda bundan bunu
		bunun burada cok cunku da daha de dedi defa degil diye dolayi eden ederek edildi eden en etti gibi gore ha hem hep
		her hic icin ile ilgili ise isteyen iste kadar karsi ki kim mi mu nasil ne neden nerede nin o olan olarak oldu
		oldugu olmak olmasi olup on ona ondan onlar onu onun orada oysa pek sadece sen siz son sonra su ta tarafindan te
		tum un uzere var ve veya ya yani yapilan yapti yine yok yonelik zaten`),
}

func list(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
