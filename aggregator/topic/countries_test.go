package topic

// A country is a topic written before any error was looked at: names, demonyms,
// cities and leaders of 1987, from general knowledge. It was committed before it
// was first measured and is not tuned since: what it misses stays missed.
type country struct {
	id     string
	strong []string
	ignore []string
}

var countries = []country{
	{"iran", []string{"Iran", "Iranian*", "Tehran", "Teheran", "Khomeini", "Rafsanjani", "Khamenei", "Mousavi", "Velayati", "Aqazadeh", "Kharg", "Abadan", "Bandar Abbas", "Isfahan", "Tabriz"}, nil},
	{"iraq", []string{"Iraq", "Iraqi*", "Baghdad", "Saddam", "Tareq Aziz | Tariq Aziz", "Basra", "Kirkuk", "Mosul"}, nil},
	{"israel", []string{"Israel", "Israeli*", "Jerusalem", "Tel Aviv", "Haifa", "Shamir", "Peres", "Rabin", "Nissim"}, nil},
	{"egypt", []string{"Egypt", "Egyptian*", "Cairo", "Mubarak", "Sedki", "Suez", "Port Said"}, []string{"Cairo, Illinois"}},
	{"turkey", []string{"Turkey", "Turkish", "Turks", "Ankara", "Istanbul", "Izmir", "Ozal", "Evren"}, []string{"Turks and Caicos", "turkey meat", "turkey breast*"}},
	{"saudi-arabia", []string{"Saudi*", "Riyadh", "Jeddah | Jiddah", "Dhahran", "Mecca", "King Fahd", "Nazer", "Yamani"}, nil},
	{"kuwait", []string{"Kuwait", "Kuwaiti*", "Ali al-Khalifa", "al-Sabah"}, nil},
	{"libya", []string{"Libya", "Libyan*", "Tripoli", "Benghazi", "Gaddafi", "Qaddafi", "Gadhafi", "Khadafy"}, nil},
	{"syria", []string{"Syria", "Syrian*", "Damascus", "Aleppo", "Latakia", "Assad"}, nil},
	{"lebanon", []string{"Lebanon", "Lebanese", "Beirut", "Sidon", "Bekaa", "Gemayel", "Karami", "Berri", "Jumblatt"}, []string{"Lebanon, Tennessee", "Lebanon, Pennsylvania", "Lebanon, New Hampshire"}},
	{"jordan", []string{"Jordan", "Jordanian*", "Amman", "Aqaba", "King Hussein", "Rifai"}, []string{"Michael Jordan"}},
	{"ussr", []string{"USSR", "U.S.S.R.", "Soviet*", "Russia", "Russian*", "Moscow", "Leningrad", "Kiev", "Kremlin", "Gorbachev", "Ryzhkov", "Shevardnadze", "Gromyko"}, nil},
	{"south-africa", []string{"South Africa", "South African*", "Pretoria", "Johannesburg", "Cape Town", "Durban", "Soweto", "Botha", "Mandela", "du Plessis", "de Kock"}, nil},
	{"brazil", []string{"Brazil", "Brazilian*", "Brasilia", "Sao Paulo", "Rio de Janeiro", "Paranagua", "Sarney", "Funaro", "Bresser", "Dauster"}, []string{"Brazil nut*", "Brazil, Indiana"}},
	{"japan", []string{"Japan", "Japanese", "Tokyo", "Osaka", "Nagoya", "Yokohama", "Kobe", "Nakasone", "Miyazawa", "Takeshita", "Sumita", "Tamura", "Kuranari"}, nil},
	{"france", []string{"France", "French", "Frenchm*", "Paris", "Lyon", "Marseille*", "Mitterrand", "Chirac", "Balladur", "de Larosiere"}, []string{"Paris Club", "Paris accord", "Paris agreement", "Paris pact", "French fries"}},
	{"west-germany", []string{"Germany", "German", "Germans", "Bonn", "Frankfurt", "Munich", "Hamburg", "Duesseldorf", "Stuttgart", "Cologne", "West Berlin", "Bundesbank", "Kohl", "Stoltenberg", "Genscher", "Bangemann", "Poehl"}, []string{"East German*"}},
	{"china", []string{"China", "Chinese", "Peking", "Beijing", "Shanghai", "Guangdong", "Guangzhou", "Tianjin", "Shenzhen", "Zhao Ziyang", "Deng Xiaoping", "Li Peng", "Hu Yaobang"}, []string{"South China Sea", "South China Morning Post", "Republic of China"}},
	{"mexico", []string{"Mexico", "Mexican*", "Monterrey", "Guadalajara", "Tijuana", "de la Madrid", "Salinas", "Petricioli"}, []string{"New Mexico", "Gulf of Mexico"}},
	{"philippines", []string{"Philippine*", "Filipino*", "Manila", "Cebu", "Davao", "Mindanao", "Luzon", "Aquino", "Marcos", "Ongpin", "Enrile"}, []string{"San Marcos"}},
	{"poland", []string{"Poland", "Polish", "Poles", "Warsaw", "Gdansk", "Krakow | Cracow", "Jaruzelski", "Walesa", "Messner"}, []string{"Warsaw Pact", "nail polish"}},
	{"nigeria", []string{"Nigeria", "Nigerian*", "Lagos", "Abuja", "Kano", "Port Harcourt", "Babangida"}, nil},
	{"argentina", []string{"Argentina", "Argentine*", "Argentinian*", "Buenos Aires", "Rosario", "Bahia Blanca", "Alfonsin", "Sourrouille"}, nil},
	{"sri-lanka", []string{"Sri Lanka", "Sri Lankan*", "Ceylon", "Colombo", "Jaffna", "Trincomalee", "Tamil", "Tamils", "Sinhalese", "Jayewardene", "Premadasa"}, []string{"Tamil Nadu"}},
	{"india", []string{"India", "Indian", "Indians", "New Delhi", "Delhi", "Bombay", "Calcutta", "Madras", "Punjab", "Gandhi"}, []string{"American Indian*", "West Indian*"}},
}
