"""English: the words by which a release tells its stage; see wording.py for the signs."""

from corpus.facts.stages import Tables
from corpus.facts.wording import wordings

LISTS = {
    # A division is "charged with enforcing" a law.
    "TASK": r"with\s+(?:enforc|protect|ensur|oversee|develop|administer|implement|review"
    r"|the\s+resp)\w*",
    "WHO": r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|former|owners?|\d+"
    r"|(?:man|woman|men|women|couple|members?|residents?)",
    "ACCUSER": r"department|jury|indictment|complaint|force|attorney|states|government|officials"
    r"|authorities|justice|general|office|u\.?s\.?",
    "COURT": r"courts?|judges?|jury|magistrate",
    "OFFICER": r"director|chief|attorney|general|counsel|administrator|trustee|head|deputy|officer"
    r"|coordinator|marshal|commissioner|judges?|executive|section|secretary|ombudsman",
}

# The title tells what a release announces. Of two stages the first is the main one, unless a later
# one is of the same person (stages.py).
TITLES = {
    stage: wordings(table, LISTS)
    for stage, table in {
        "statement": """
            ^ [joint] statements?
            ~false|fraudulent|misleading|written statements? by|from|on|regarding|following|about
            ~false|fraudulent|misleading statements? of !interest
            issues|issue|releases|release ... statement
            calls on|for !court|courts|supreme
            """,
        "event": """
            readouts?
            ^ media advisory
            """,
        "policy": """
            to monitor ... election|elections|voting|polls|polling|primary
            """,
        "sentenced": """
            sentenced|resentenced
            sentences WHO
            sentences ... to
            imposes|returns|receives|receive|gets|get|given|issues ... sentence|sentences
            receives|receive|gets|get ... years|months|prison
            ordered to serve|prison
            sentencing of
            sentence imposed
            """,
        "plea_agreement": """
            agree|agrees|agreed|agreeing|will|set [to] plead guilty
            ~pleads to plead guilty
            """,
        "pleaded_guilty": """
            plead|pleads|pleaded|pled|enters|enter|entered|pleading [a] guilty [pleas?]
            guilty pleas?
            """,
        "admits": """
            admit|admits|admitted !that|certain
            """,
        "convicted": """
            convicted VERB
            convicts
            jury|judge finds ... guilty
            finds ... guilty
            found guilty
            guilty verdicts?
            ~prior|vacate|vacates|related|of convictions? of|in|for|on
            """,
        "guilty": """
            ~plead|pleads|not|found|pleaded|pled guilty of|in|on
            secures?|obtains? ... convictions?
            """,
        "acquitted": """
            acquit|acquits|acquitted
            not guilty verdict
            found not guilty
            exonerat*
            """,
        "dismissed": """
            dismiss|dismisses|dismissed|dismissal|drops|withdraws [of] ... charges|indictment
            charges|indictment ... dismissed|dropped
            dismiss|dismisses|drops|withdraws ... lawsuit|suit|case
            """,
        "appeal": """
            appeals|appeal|appellate|circuit|supreme [court] upholds|affirms|reverses|rejects|
                denies|vacates|overturns|reinstates
            upholds|affirms ... conviction|convictions|sentence|sentences
            convictions?|sentences? upheld|affirmed
            appeals decision|ruling|order
            """,
        "extradited": """
            extradit*
            ~voluntarily returned to [the] united_states|u.s. to face
            """,
        "arraigned": """
            arraign*
            makes|make|made initial|first [court] appearance
            """,
        "charged": """
            indicted VERB
            indicts
            indictments? unsealed|returned|charges|charging|against|of|alleges|handed|filed
            superseding|unseals|returns|announces|obtains ... indictments?
            charged VERB
            ACCUSER charges !filed|against|unsealed|in|of|stemming
            attorney general \\w+ charges !filed|against|unsealed|in|of|stemming
            charges WHO
            files?|filed criminal complaint|complaints
            files?|filed ... charges against
            criminally charges
            charges|complaint filed|unsealed|announced|brought
            ~to|on|guilty criminal|additional|federal|announces|unseals|files|brings|more|
                new charges against|in|for|filed
            face|faces|facing ... charge|charges|count|counts|trial
            criminal complaint
            accused of|in
            arrested VERB
            arrests? of|made|in|for|WHO
            surrender|surrenders
            taken into custody
            captured|apprehended
            """,
        "brief": """
            amicus|amici
            friend_of_the_court|friend-of-the-court
            statements? of interest
            file|files|filed|submits|submit|joins|join|leads|lead ... brief|briefs|comment|
                comments|letter|proposal|proposals|motion
            submits?|files? [final|revised|new] proposed
            challenge|challenges|appeals|appeal ... supreme|appeals court
            urges|asks|calls_on ... supreme|appeals|circuit court
            ~to defends|defend ... in|from|against|rights|order|act|rule
            argues before
            brief|petition filed
            """,
        "lawsuit": """
            ~to|justice_to sues?|suing|sued
            ~settle|settles|resolve|resolves|settlement|of|dismissal|end|in files?|filed|filing|
                brings?|joins?|intervenes?|leads? ... lawsuit|lawsuits|suit|suits|complaint|
                complaints|petition|action|actions
            announces? ... lawsuit|lawsuits|suit|complaint
            ~settle|settles|resolve|resolves|in|a|this|that|of|wins|discrimination|contract|
                dismiss|act|claims|coverage|housing lawsuits?|suits? against|filed|to|challenging|
                over|seeking
            ~false|frivolous lawsuits? alleging
            complaint against|seeking|alleging
            seeks?|asks?|asking|seeking ... to shut|bar|stop|enjoin|halt|block|intervene|revoke|
                denaturalize|recover|prevent|prohibit|forfeit|permanently|enforce|join
            seeks?|seeking ... injunction|denaturalization|penalties|damages|forfeiture|order
            moves? to block|intervene|enforce|strip|revoke|recover|stop
            challenges? ... merger|acquisition|law|rule|order|ban
            """,
        "judgment": """
            COURT ... bars|orders?|ordered|shuts|sets|terminates|enters|entered|awards|awarded|
                authorizes?|authorized|enjoins|enjoined|approves|approved|grants|granted|ruled|
                rules|revokes|blocks|blocked|halts|stops|prohibits|holds|finds|denies|imposes|
                issues|strips|rejects|upholds|sides|requires|prevents|declares|permanently
            permanently|preliminarily|temporarily bars|barred|enjoined|enjoins|shuts|banned|
                blocked|prohibited|halts|stops
            ~seeks|seeking|a permanent|preliminary injunctions?
            restraining order
            wins|obtains|secures|won ... judgment|injunction|order|verdict|ruling|victory|relief|
                dismissal
            wins|won ... lawsuit|case|suit
            wins|won|obtains|secures ... block|halt|protections?|victory
            announces ... victory
            ~consent|resolves judgments? against|for|of|entered
            barred from
            ordered to comply|pay|stop|cease|close
            loses|stripped|revoked|revokes|strips ... citizenship
            denaturaliz* !lawsuit
            citizenship revoked
            ~to shuts? down
            abandons? ... merger|acquisition|plans|deal|transaction|proposed|attempt
            ruling|decision in|on|against|that|by
            """,
        "settlement": """
            ~to settle|settles|settled|settling
            settlements?
            agree|agrees|agreed to settle|pay|resolve|divest
            to|will settle|divest
            will pay|resolve
            consent decrees?|order|judgments?
            agree|agrees|agreed to !plead
            pay|pays|paying [the] [u.s.|government|united_states] [nearly|over|more|almost|
                approximately|a] [than] $
            to pay
            ~to resolve|resolves|resolved|resolving
            reach|reaches|reached|enters|enter|signs|announces|finalizes ... agreement|agreements|
                resolution|resolutions
            agreements? with|to|in|on|that|resolves|reached|under|resolving
            nonprosecution|non-prosecution|deferred_prosecution agreement
            requires? ... to|divestitures?|divest
            """,
        "forfeiture": """
            ~to|asset forfeit|forfeits|forfeited|forfeiture !program|fund|accountability|team
            seizes?|seized|seizure|restrains?|restraints?|repatriat*|confiscat*
            returns?|returned ... artifacts?|assets|antiquities|paintings?|funds
            """,
        "investigation": """
            opens?|opened|launch|launches|opening|begins|conducts|confirms|discloses|close|closes|
                closed|closing ... investigation|investigations|inquiry|probe|review
            ~into investigation of|into
            investigation finds
            findings ... letter|of|in|that|report|investigation
            justice finds
            investigates|investigating
            no [federal] [criminal] charges
            will not challenge|prosecute
            declines? prosecution
            concludes that
            """,
        "warning": """
            warns?|warning|warnings|warned
            ~scam alerts?
            scam stopper|alert
            beware
            tips for|to|on
            consumer|fraud advisory|tips
            protect yourself
            reminds?|advises
            """,
        "personnel": """
            appoints?|appointed|appointment|nominates?|nominated|names?|named|selects|selected|
                promotes ... OFFICER
            sworn in
            ~urges|of investiture
            announces ... as|to [new] serve|lead|OFFICER
            announces ... as ... OFFICER
            departure|resignation|retirement|appointment of|from
            interim|acting appointment
            resigns|retires
            new immigration judges
            """,
    }.items()
}
# The same of what is no case, where nothing above is in the title.
OTHER_TITLES = {
    stage: wordings(table, LISTS)
    for stage, table in {
        "statement": """
            applauds?|condemns?|denounces?|praises?|mourns?|responds|reacts|congratulates|thanks|
                urges?|commends|supports|opposes|demands|blasts|welcomes|expresses|remembers
            calls on|for
            ^ attorney general \\S+:
            """,
        "event": """
            to visit|host|hold|speak|travel|participate|attend|tour|mark|meet|discuss|deliver|
                launch|convene|address|testify|commemorate|celebrate|kick|lead|observe|honor|
                present|examine
            host|hosts|hold|holds|visit|visits|speaks?|delivers?|marks?|commemorat*|celebrat*|
                honors?|convenes?|participates?|attends?|tours?|travels?|addresses|meets?|
                recognizes?|observes?|kicks?|presents?|examines?|discuss|discusses|testifies
            hearings?|summit|conference|meetings?|ceremony|forum|symposium|workshop|roundtable|
                remarks|trip|anniversary|webinar|memorial|training
            """,
        "policy": """
            guidance|guidelines|grants?|funding|initiatives?|programs?|rule|memorandum|report|
                policy|policies|strategy|statistics|data|website|standards|legislation|bill|
                partnership|plan|resources|fact_sheet|survey|recommendations?|services|steps|
                changes|actions
            announces?|announced|launches|launch|releases?|issues?|publish*|recovers?|recovered|
                sends?|sent|review*|identif*|request*|helps?|protects?|hails?|partners|collects?|
                takes|raises?|restricts|accepts?|proposes?|adopts|establish*|expand*|unveils?|
                creates|awards?|provides?|revis*|updates?|implement*|designates|strengthen*|
                to_monitor
            """,
    }.items()
}
# The first sentences, where the title tells no case.
LEADS = {
    stage: wordings(table, LISTS)
    for stage, table in {
        "sentenced": """
            was|were|been|being|is ... sentenced
            COURT ... sentenced ... to
            received ... sentence
            imposed ... sentence
            """,
        "plea_agreement": """
            agree|agrees|agreed|will|expected|intends to plead guilty
            """,
        "pleaded_guilty": """
            plead|pleads|pleaded|pled|entered|entering|pleading [a] [guilty] guilty|pleas?
            guilty pleas? of
            """,
        "convicted": """
            was|were|been ... convicted|found_guilty
            jury ... convicted|found
            convicted VERB
            convictions? of
            """,
        "acquitted": """
            acquitted
            found not guilty
            """,
        "dismissed": """
            dismissed|dropped ... charges|indictment
            charges|indictment ... dismissed
            """,
        "extradited": """
            was|were|been ... extradited
            extradited to|from
            """,
        "charged": """
            indicted
            indictments? ... returned|unsealed|charging|charges|charged|alleging|alleges|filed
            grand jury ... returned|charged|indicted
            was|were|been ... charged|arrested|arraigned !TASK
            charged !TASK VERB
            has|have|today charged
            criminal? complaints? ... unsealed|charging|charges
            ~plead|pleaded criminal information
            arrest of
            surrendered to
            """,
        "settlement": """
            agreed to !plead
            reached|entered|announced|signed|negotiated ... settlement|settlements|agreement|
                agreements|resolution
            settlements?|agreement ... with|resolves|resolve|requires|announced|will
            settled|resolved|resolving|settles
            will|to pay
            paid ... to resolve|settle
            consent decree|order|judgment
            """,
        "judgment": """
            COURT ... barred|entered|ordered|ruled|enjoined|granted|approved|issued|signed|awarded|
                revoked|blocked|prohibited|imposed|affirmed|upheld|held|permanently|found
            permanently|preliminarily barred|enjoined|prohibited|banned
            ~seeks|seeking|a permanent|preliminary injunction
            ordered to stop|pay|cease|comply
            """,
        "brief": """
            amicus|amici
            statements? of interest
            filed|submitted|joined ... brief|comment|letter|motion
            """,
        "lawsuit": """
            filed|filing|files|brought|joined|intervened ... lawsuit|lawsuits|suit|suits|complaint|
                complaints|petition|action|actions
            sued|sues
            lawsuit|suit|complaint was|were ... filed|unsealed
            lawsuit|suit|complaint filed|alleges|seeks|against
            asked|asks ... court|judge to !dismiss|approve|terminate|enter|end
            seeks?|seeking ... injunction|forfeiture|denaturalization
            """,
        "forfeiture": """
            forfeited|forfeiture
            seized|seizure|repatriated|restrained
            """,
        "investigation": """
            opened|opening|launched|open|concluded|closed|begun ... investigation|inquiry|review|
                probe
            investigation of|into
            findings
            insufficient evidence
            """,
        "statement": """
            issued|made|released|releases|issues|makes ... following|joint statement|statements
            """,
    }.items()
}
STAGES = Tables(TITLES, OTHER_TITLES, LEADS)
