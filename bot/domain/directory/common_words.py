"""Ordinary words of English and of the trade: who writes one of them means it, and did not slip.

A name that differs from an asset's by such a word is another thing's name: `cat-service` is not `cart-service`. Curated
by hand: short words that names are made of, with their near neighbours.
"""

from __future__ import annotations

from functools import cache


@cache
def common_words() -> frozenset[str]:
    """Return the words, lower case."""
    return frozenset(_WORDS.split())


_WORDS = """
    able about above accept access account acl across act action active activity actor add address admin adr adult
    advice affect after again age agent ago agree air all allow alone along also always aml among amount analysis
    angle animal answer any apart api apis apm app apple apply apps area argue arm around arrive art article artist
    asg ask asset assets async atlas atom attack audience audio audit author auto avatar average away aws az azure
    b2b b2c baby back backend backfill backup bad badge bag bake balance ball balloon band bank banner bar base
    basic basis basket batch bath battle beach beacon bear beat bed bee before begin behind bell below belt bench
    best beta better between bff bi bid big bill billing bills bind bird birth bit black blade blank blink blob
    block blocks blog blood blue board boat body bolt bond bone bonus book booking bookings books boost boot border
    bot bottle bottom bounce bounty box boxes bpm brain branch brand brave bread break bridge brief bright bring
    broad broker brown browser brush bucket budget buffer bug build builder building bulk bull bundle burn bus bush
    business busy button buy buyer cab cabin cable cache cake calendar call camera camp campaign can candle car
    carbon card cards care career cargo carrier cart carts case cases cash cast castle cat catalog catalogue catch
    category cause cave cd cdc cdn cdp cell center central centre cert certs chain chains chair chance change
    channel channels chaos charge charges charm chart charts chat chats cheap check checker checkout checks chef
    chest chief child chip choice choose church ci circle citizen city claim claims class classes clean cleaner
    clear cli click clicks client clients climate clip clj clock clone close cloth cloud clouds club cluster cms
    coach coal coast coat cobra code codes coffee coin coins cold collect collector college color colour column
    combo come comet comic command comment comments common company compare complete compute concept condor config
    connect connector consul consumer contact contacts container content contents contest context contract contracts
    control controller convert cook cookie cool copper copy core corner correct cors cost costs cotton count counter
    country coupon coupons course courses court cover cow cpq cpu craft crane crash crawler crd cream create creator
    credit credits crew cri crime crm cron crons cross crowd crown cruise csi css csv cube culture cup currency
    current curve custom customer customers cut cycle daemon daemons dag dags daily dance danger dark dash data date
    dates dawn day days db dbs ddl dead deal dealer deals death debt debug decision deck deep deer default degree
    delay delete deliver delivery demand demo deploy depth desert design designer desk detail detect detector dev
    device devices dhcp dial dialog diamond dictionary diet diff digest digital dine dinner direct director dirt
    disk dispatch dispatcher display dlq dmz dns dock docker docs doctor document documents dog dollar dolphin
    domain donor door doors dot double doubt down download dr draft dragon draw dream dress drift drill drink drive
    driver drivers drop drops drug drum dry dsl duck due dump dust duty eagle ear early earth east easy eat ec2 echo
    ecr ecs edge edges edi edit editor effect efs egg eks elastic elb election element elk else email emails embed
    ember empty emr end energy engine engines enter entity entry env envoy epic equal erp error es escape estate eta
    etl eu event events ever every exam example exchange exit expense expenses expert explore explorer export
    exporter exports express extra eye faas fabric face facet fact factor factory fail fair faith falcon fall falls
    false fame family fan fancy far fare farm farmer fashion fast fat father fault favor fe fear feature features
    fee feed feedback feeds feel fees fence fetch fetcher few fga field fields fight figure file files fill film
    filter filters final finance find finder fine finger finish fire firm first fish fit fix flag flags flame flash
    flat fleet flex flight flights flink float flood floor flow flower flows fluid fly fn focus folder folk follow
    font food foot force forest forge fork form format forms fort forum forward found fox frame fraud free freight
    fresh friend front frontend frontier frost fruit fs ftp fuel full fun func fund funds funnel future galaxy
    gallery game games gap garage garden gas gate gateway gather gcp gcs gdpr gear gem general genie ghost giant
    gift gifts girl gis git github gitlab give glass globe glue go goal goat gold golf good goods gpt gpu grace
    grade grain grand grant grants graph graphql graphs grass gravity gray great green greet grey grid grief ground
    group groups grow growth grpc gtm guard guest gui guide gun guru gw habit hair half hall hand handler hands hang
    happy harbor harbour hard harvest hash hat hatch haven hawk hbase hdfs head header health healthy hear heart
    heat heavy hedge height helm help helper hermes hero hidden high hill hint history hit hive hold holder holiday
    home honey hook hooks hope horizon horn horse host hosts hot hotel hour house hpa hr hsm html http https hub
    hubs human hunt hunter husky i18n iam ice icon id ide idea identity idp ids image images impact import importer
    imports inbox index indexer info ingest ingress input inquiry insight insights install instant insurance intake
    inventory invest invite invoice invoices io ios iot ip ipam iris iron island issue istio it item items jail jam
    java jet job jobs join joke journal journey js json judge juice jump junction jungle junior jupiter jury jvm jwt
    k8s kafka kernel key keys kid kill kind king kiosk kitchen kite kms knife knight kpi kube kv kyc lab label
    labels labs lake lambda lamp land lane language large laser last late latest launch launcher law lawn layer
    layers lb ldap lead leader leads leaf league learn learner lease leave ledger left leg legal legend lemon lend
    lender lens less lesson letter level levels lib library libs license lift light lights lime limit limits line
    lines link linker links lion list listen listener lister listing listings lists little live liver llm load
    loader loads loan loans lobby local location lock locker locks log logger login logo logs long look loop loops
    lord lose loss lost loud love low loyal loyalty luck lunch lynx machine magic magnet mail mailer mails main make
    maker mall man manage manager manifest manual map mapper mapping maps march marine mark marker market markets
    mars mask mass master match matcher matches math matrix matter mcp mdm meal meals mean measure meat media
    medical meet meeting meetings member members memory mentor menu menus merchant mercury merge merger mesh message
    meta metal meteor meter method metric metrics mfa middle migrate migration mile milk mill mind mine miner mini
    mint minute mirror miss mission mix mixer ml mobile mock mode model models modem modern module modules moment
    money mongo monitor month moon mother motion motor mount mountain mouse mouth move mover movie movies mq mqtt ms
    msk multi music mysql name names nas nat nation native nature navy near nebula neck need nest net network
    neutral news next nexus nfs nft nginx night nlb nlp node nodes noise north nose note notes notice notify nova
    novel npm number oak oath object ocean ocr odp offer offers office offline offset oidc olap old olive oltp omega
    oms once one online only onyx open opera operator ops option options oracle orange orbit orc orca order ordering
    orders organ origin orion ort os ota otel other otp otter outer outlet outlook output over owl pace pack package
    packer page pages paint pair palace pan panda panel panels paper parcel parcels parent park parking parse parser
    part partner partners parts party pass passport past paste patch patches path patient pattern pause pay payee
    payer payment payments payout payouts payroll pci pdf peace peak pearl pen people pepper perk perks person pet
    pets pg phase phoenix phone photo photos php pick picker picture pie piece pig pii pike pilot pim pin pine ping
    pink pipe pipes pitch pixel pizza pki place places plain plan plane planet planner planning plans plant plants
    plate platform play player players please plug plugin plugins pluto poc pocket pod podcast podcasts pods poem
    poet point points polar policies policy poll poller polls pool pools poor pop port portal porter ports pos
    position post poster posts pot power pr press pressure presto price prices pricing pride prime print printer
    prism private prize pro probe process processor prod product products profile profiles profit program project
    prom promo promos proof proper proto proxy psp ptp pub public pull pulse pump pure purge push put puzzle pwa py
    python qa qr quality quarry quartz query quest question queue quic quick quiet quiz quota quote quotes rabbit
    race radar radio rag rail rain raise ram ranger rank ranker ranking rapid rate rater rates rating ratings raven
    rbac rdbms rds reach react reactor read reader ready real realm reason rebate receipt receipts record recorder
    records red redis reef ref refer referral refund refunds regex region registry relay release remote render
    renderer rent rental rentals repair reply repo report reporter reporting reports request requests rescue reserve
    reset resolver resource rest result results retail return returns reveal review reviewer reviews reward rewards
    rfc ribbon rich ride rider riders rides right ring rings rise risk risks river rma road robot rock rocket roi
    role roles roll room rooms root rose route router routes routing row royal rpc rpm rss ruby rule rules rum run
    runner rush rust s3 saas safe sage sail sailor sale sales salt same saml sample samples sand sap satellite
    saturn save saver sca scala scale scaler scan scanner scene schedule scheduler school science scm scope score
    scorer scores scout scrape scraper screen script scripts sdk sea search season seat seats second secret secrets
    section sector secure seed seeder segment segments select self sell seller sellers send sender sensor sensors
    sentinel seo series serve server session sessions set sets setting settings settle setup sftp shade shadow shape
    shard share shark shed sheet shelf shell shield shift shifts ship shipment shipments shipper shipping ships
    shirt shop shops short show shuttle side sidecar siem sight sign signal signals signer silver sim simple single
    sink site sites size skill skills skin sku sky sla slack slate sleep sli slide slo slot slots slow small smart
    smb smoke sms smtp snake snap snow sns soap soc social sock soft soil solar sold solid solo song songs sonic
    sort sorter sound source sources south sox spa space spaces span spark speak spec speech speed spell spend spf
    sphere spider spike spin spirit split sport sports spot spring sprint sql sqs squad square squid src sre ssd ssh
    ssl sso stack staff stage stand star stars start state states station stats status steam steel stem step steps
    stg stick stock stocks stone stop storage store stores storm story strategy stream streamer streams street
    stress string strip stripe strong sts student students studio study style sub submit success sugar suite summer
    summit sun super supply survey surveys svc swagger swap swift switch sync syncer system table tables tag tagger
    tags tail tale talent talk tank tap tape target targets task tasks tax taxes taxi tcp tea teacher tell template
    tenant tenants tender tent term terms test tester testing tests text tf thanos theme thing thread thunder ticket
    tickets tide tier tiger tile tiles time timer times tip tips titan title tls tmp tms toast token tokens tool
    tools top topic topics torch total touch tour tours tower town toy trace tracer traces track tracker tracking
    tracks trade trader trades trading traffic trail trailer train trainer training transfer transfers transit
    transport trash travel tree trees trend trends trial tribe trigger trip trips truck true trunk trust truth ts
    tsdb ttl tty tube tune tuner tunnel turbo turn tutor twin txn type types ua uat udp ui umbrella under union unit
    units unix upload uploader uri url usage usb use user users utils ux valet valley value van vat vault vcs vector
    vehicle vehicles vendor vendors venue venues venus verifier verify version video videos view viewer views vip
    viper vision visit visits vm vms vnc voice vol volume vote voter votes voucher vouchers voyage vpc vpn waf wage
    wagon wait waiter walk wall wallet wallets wan war warehouse warm warp was wash watch watcher water wave waves
    way weather weave web webhook week weight well west whale wheel white wide wif wifi wiki wild win wind window
    windows wine wing winter wire wish wizard wms wolf wood word words work worker workers workflow works world wrap
    writer ws www xml xss yaml year yellow young zebra zen zero zip zone zones zoo zoom
"""
