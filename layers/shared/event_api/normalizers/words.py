"""The words and names that senders use: the one table by which bodies without a format are read.

Each line has the words, and senders that use them. To extend it, add a word to a line, or a line. Words are compared in
lower case and without punctuation; names also without separators (``Alert_Id`` is ``alertid``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_api.json_types import Json


_BASES: Final = {
    letter: base[0]
    for letter in (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1EA0, 0x1F00))
    if letter not in {0xD6, 0xF6}  # "l\u00f6st" is not "lost"
    and (base := unicodedata.normalize("NFD", chr(letter))) != chr(letter)
} | {ord("ł"): "l", ord("ß"): "ss", ord("đ"): "d", 0x131: "i", ord("æ"): "ae"}


_UMLAUTS: Final = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}
"""German without its letters, as in names of fields."""
_DOTLESS: Final = {ord("ä"): "a", ord("ö"): "o", ord("ü"): "u"}
"""Names of fields in other languages without their letters."""


def folded(value: str) -> str:
    """Return a text in lower case without the accents of Latin and Greek letters: many templates leave them out."""
    return value.lower() if value.isascii() else value.lower().translate(_BASES)


def _words(table: Mapping[str, str]) -> frozenset[str]:
    return frozenset(word for words in table for word in folded(words).split())


def _names(table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in table for name in names.split()))


# --- States --------------------------------------------------------------------------------------------------------

ENDED: Final = _words(
    {
        "ok okay": "Nagios, Zabbix, CloudWatch, Mendix",
        "resolved resolve solved autoresolved": "Alertmanager, PagerDuty, Zabbix, Rollbar's resolved_item",
        "recovered recovery recover recovering restored restore": "Datadog, Nagios, Icinga, AlertifyPro",
        "closed close": "Opsgenie, Google Cloud Monitoring, GoAlert",
        "cleared clear": "ThousandEyes, Netdata, Kentik",
        "fixed": "Bugsnag, Server Density, Jenkins",
        "healthy passing passed pass reporting": "Argo CD, Consul, SonarQube, Freshping, Dead Man's Snitch",
        "withdrawn superseded dismissed archived": "GitHub, Dash0, Sentry",
        "deasserted": "IPMI",
        "valid renewed": "watchers of certificates and domains",
        "normal normalized": "Sematext's backToNormal, Oracle Enterprise Manager, FortiGate",
        "up online operational reachable alive": "updown.io, HetrixTools, Statuspage, PRTG",
        "inactive deactivated": "Contrail Insights, Azure Monitor",
        "ended end ends": "AppDynamics, Cloudflare",
        "finished finish completed complete done": "StatusMate, CI tools, Jira",
        "obsolete vanished disappeared gone arrived clr": "NetApp, control systems, heartbeats",
        "available responding": "Freshping, Azure Resource Health",
        "success successful succeeded": "SiteGuard, Datadog's alert_type, CI tools",
        "canceled cancelled": "VMware Aria Operations, AppDynamics",
        "green good": "Elasticsearch's cluster health, Slack's attachments",
        "commok powerrestored": "UPS monitors",
        "connected reconnected rejoined": "controllers of networks and cameras",
        "nominal": "GoCardless's and AWS's reliability dashboards",
        "behoben gelöst geloest erledigt wiederhergestellt geschlossen beendet entwarnung": "German templates",
        "inaktiv": "German templates",
        "geht gegangen gehend": "German control systems, whose alarms come and go",
        "erfolgreich erreichbar verfügbar abgeschlossen": "German templates",
        "résolu résolue rétabli rétablie fermé fermée clos close inactif terminé terminée réussi": "French templates",
        "resuelto resuelta recuperado recuperada solucionado solucionada normalizado": "Spanish templates",
        "normalizada": "Spanish templates",
        "cerrado cerrada restablecido restablecida inactivo inactiva finalizado exitoso": "Spanish templates",
        "resolvido resolvida restabelecido restabelecida restaurado fechado fechada": "Portuguese templates",
        "encerrado": "Portuguese templates",
        "risolto risolta ripristinato ripristinata chiuso chiusa rientrato rientrata": "Italian templates",
        "opgelost hersteld gesloten afgerond": "Dutch templates",
        "rozwiązany rozwiązane zamknięty zamknięte naprawiono przywrócono": "Polish templates",
        "vyřešeno uzavřeno obnoveno vyriešené": "Czech and Slovak templates",
        "решено решена решен восстановлено восстановлен восстановлена устранено": "Russian templates, Zabbix",
        "устранена": "Russian templates, Zabbix",
        "закрыто закрыт закрыта доступен норма вирішено відновлено": "Russian and Ukrainian templates",
        "çözüldü cozuldu düzeldi kapandi kapatildi": "Turkish templates",
        "løst löst åtgärdad stängd lukket lukka ratkaistu korjattu suljettu": "Nordic templates",
        "megoldva megoldódott lezárva helyreállt rezolvat închis": "Hungarian and Romanian templates",
        "selesai pulih ditutup": "Indonesian templates",
        "rétablissement résolution clôture recuperación resolución cierre recuperação resolução": "names of events",
        "ripristino risoluzione chiusura wiederherstellung behebung aufhebung herstel oplossing": "names of events",
        "fin ende einde koniec slut": "names of events",
        "fine stable safe clean compliant repaired rectified remedied remediated healed subsided abated": "scripts",
        "normalised rtn successfully ready synced synchronized unblocked ontime": "control systems, scripts",
        "ordnung fehlerfrei störungsfrei repariert aufgehoben verbunden betriebsbereit": "German templates",
        "fertig grün": "German templates",
        "disparu disparue succès levée clôturé clôturée corrigé corrigée": "French templates",
        "réparé réparée inactive normale": "French templates",
        "disponible": "French templates",
        "opérationnel opérationnelle connecté connectée terminées vert": "French templates",
        "éxito exitosa correcto correcta finalizada terminado terminada completado completada": "Spanish templates",
        "reparado reparada subsanado subsanada operativo operativa conectado conectada verde": "Spanish templates",
        "sucesso concluído concluída restaurada encerrada inativo inativa corrigido": "Portuguese templates",
        "corrigida": "Portuguese templates",
        "disponível operacional normalizada recuperada": "Portuguese templates",
        "successo riuscito riuscita completata terminata riparato riparata inattivo inattiva": "Italian templates",
        "cessato cessata concluso conclusa disponibile connesso": "Italian templates",
        "geslaagd gelukt voltooid verholpen normaal inactief beëindigd bereikbaar": "Dutch templates",
        "beschikbaar groen": "Dutch templates",
        "återställd återställt åtgärdat stängt avslutad avslutat klar klart lyckades": "Swedish templates",
        "upphört grön": "Swedish templates",
        "fuldført fullført gjenopprettet genoprettet normalt afsluttet avsluttet vellykket grøn": "Nordic templates",
        "sukces pomyślnie zakończony zakończone zakończono rozwiązana zamknięta naprawiony": "Polish templates",
        "usunięto": "Polish templates",
        "przywrócony ustąpił ustąpiła nieaktywny nieaktywna dostępny normalny zielony": "Polish templates",
        "naprawione naprawiona usunięte usunięta przywrócona przywrócone wznowiono działa": "Polish templates",
        "opraveno opraven opravena vyřešen vyřešena obnoven obnovena odstraněno ukončeno": "Czech templates",
        "opravené odstránené obnovené ukončené": "Slovak templates",
        "riješeno rešeno odpravljeno otklonjeno усунено вирішена відновлена": "Balkan and Ukrainian templates",
        "remediat remediată elhárítva korjaantunut palautunut poistunut rettet": "Balkan and Nordic templates",
        "αποκαταστάθηκε επιλύθηκε λύθηκε έληξε phục": "Greek and Vietnamese templates",
        "disparition desaparición scomparsa desaparece disparaît scompare": "names of events, beside an apparition",
        "успешно успех завершено завершен завершён завершена снято снята снят исправлено": "Russian templates",
        "исправлена": "Russian templates",
        "неактивна неактивен неактивно доступна доступно восстановление зеленый зелёный": "Russian templates",
    }
)
"""States and last words of an event's name that say that a problem is over."""

WORK_ENDED: Final = _words(
    {
        "finished finish completed complete done ended end ends": "CI tools, whose runs end as failures too",
        "fin ende einde koniec slut": "the end in other languages",
        "available ready": "an update that is available",
        "disponible disponível disponibile beschikbaar fertig klar klart zakończono завершено": "the same elsewhere",
    }
)
"""Of these, words that count only if no other field says more."""
CONDITIONS: Final = _words({"ok okay normal up green good grün verde vert": "transitions such as 'OK -> CRITICAL'"})
"""Of these, words that a severity after them replaces; after the others it is the severity of the ended alarm."""

ENDED_PARTS: Final = (
    "恢复",
    "恢復",
    "正常",
    "已解决",
    "已解決",
    "解决",
    "已关闭",
    "復旧",
    "解消",
    "回復",
    "해제",
    "복구",
    "정상",
    "해결",
    "成功",
    "复位",
    "復帰",
    "解除",
    "清除",
    "消除",
    "修复",
    "修復",
    "已结束",
    "已結束",
    "已關閉",
    "완료",
    "성공",
    "해소",
    "회복",
)
"""The same in languages that do not separate words: coolmonitor, Nightingale, Aliyun, Mackerel, Amorepacific."""
STANDING_PARTS: Final = (
    "异常",
    "異常",
    "故障",
    "触发",
    "觸發",
    "告警",
    "失败",
    "失敗",
    "障害",
    "発生",
    "장애",
    "발생",
    "실패",
    "중단",
)
NOT_PARTS: Final = ("未", "失败", "失敗", "실패", "不", "异常", "異常", "非", "비정상", "미해결", "미복구", "미완료")
"""They negate one of ENDED_PARTS that follows, or contain it."""

STANDING: Final = _words(
    {
        "firing fired alerting alarm alarming": "Alertmanager, Grafana, CloudWatch, Pongo",
        "triggered trigger raised": "PagerDuty, Datadog, Dash0",
        "problem": "Zabbix, Nagios, Dynatrace",
        "open opened created new started begin began": "Opsgenie, Rollbar's new_item, Better Stack",
        "active": (
            "Azure, vRealize, SolarWinds "
            "aktiv activo activa actif ativo ativa attivo attiva actief aktywny aktywna активен активна активно 활성 "
        ),
        "reopened reactivated regression unresolved": "Rollbar, Sentry, Bugsnag",
        "down offline unreachable dead outage": "uptime monitors, Nagios",
        "critical crit warning warn error fatal emergency unknown": "Nagios, Mackerel, Netdata",
        "failed failure failing fail rejected unhealthy degraded errored crashed": "CI tools, Argo CD",
        "red yellow bad broken": "Elasticsearch, Travis CI",
        "abnormal irregular offnormal asserted faulted": "BACnet, IPMI, ZFS",
        "expiring expired": "watchers of certificates and domains",
        "breached violated exceeded late missing missed timeout": "New Relic, Cronitor, Dead Man's Snitch",
        "timed nodata": "New Relic, Cronitor, Dead Man's Snitch",
        "异常 告警 故障 장애 발생 発生": "coolmonitor, Nightingale",
        "onbatt onbattery lowbatt lowbattery replbatt commbad nocomm powerfail": "UPS monitors",
        "disconnected lost": "controllers of networks and cameras",
        "kommt gekommen kommend": "German control systems",
        "ausgelöst gestört störung offen ausgefallen ausfall fehlgeschlagen aktiv aktive": "German templates",
        "déclenchée déclenché ouvert ouverte panne actif échec échoué échouée": "French templates",
        "activa activo abierto abierta caído caída fallo fallido fallida disparada": "Spanish templates",
        "aberto aberta falha falhou ativo ativa indisponível": "Portuguese templates",
        "aperto aperta guasto fallito fallita attivo attiva": "Italian templates",
        "storing mislukt actief otwarty otwarte awaria otevřeno výpadek": "Dutch, Polish and Czech templates",
        "открыто открыт открыта проблема авария сбой недоступен açik ariza": "Russian and Turkish templates",
        "öppen åben fejl feil vika avoin": "Nordic templates",
        "raise ongoing unstable stalled stuck overdue skipped tripped aborted": "scripts",
        "anstehend fehlerhaft getrennt abgebrochen rot gelb": "German templates",
        "apparu apparue apparition cours déclenchées interrompu": "French templates",
        "interrompue défaut hors rouge jaune": "French templates",
        "fallida error curso interrumpido desconectado rojo amarillo": "Spanish templates",
        "andamento falhada interrompida desconectado vermelho amarelo": "Portuguese templates",
        "corso fallite interrotto interrotta disconnesso rosso giallo": "Italian templates",
        "gefaald geopend uitgevallen rood geel": "Dutch templates",
        "misslyckades misslyckad avbruten aktivt öppet röd gul": "Swedish templates",
        "niepowodzenie aktywny aktywna błąd przerwany niedostępny czerwony żółty": "Polish templates",
        "zatrzymany zatrzymana zatrzymane porucha poruchy selhalo selhání nedostupný zlyhanie": "Slavic templates",
        "activ activă aktiivinen riasztás ενεργό ενεργός βλάβη": "Romanian, Finnish, Hungarian and Greek templates",
        "aparición comparsa insorgenza aparece apparaît": "names of events",
        "активна активен активно ошибка недоступна недоступно неуспешно красный желтый жёлтый": "Russian templates",
    }
)
"""States that say that a problem stands: of several words in one text, the last one decides."""

NEGATIONS: Final = _words(
    {
        "not no longer un non never stopped isnt off": "texts such as 'not ok', 'no longer down'",
        "chưa nicht kein keine pas niet geen nie não не нет ikke inte ei değil": "the same in other languages",
    }
)
"""The word after one of these means its opposite."""

_CONDITION_STATES: Final = frozenset({"true", "false", "unknown"})
_GOOD_CONDITIONS: Final = _words(
    {"ready synced reconciled established initialized scheduled joined connected": "Kubernetes"}
)
_BAD_CONDITIONS: Final = _words(
    {
        "pressure unavailable stalled failed failure unreachable error errored corrupt evicted deadlock": "nodes",
        "notready blocked conflict exhausted invalid outofsync lagging": "operators",
    }
)
"""Words of the names of conditions that are fine, or not, if they are true."""

SPOILERS: Final = _words(
    {"partially partial rollback": "Azure DevOps' partiallySucceeded, CloudFormation's ROLLBACK_COMPLETE"}
)
"""The end after one of these is not an end."""

ENDED_SEVERITIES: Final = _words({"ok okay resolved recovered recovery cleared clear": "Mendix, Splunk ITSI, Zenoss"})
"""Severities that end a problem. Fewer than the states: a priority is often ``normal``."""

OBJECT_STATES: Final = _words(
    {
        "up down online offline healthy unhealthy reachable unreachable alive dead operational ok okay normal": "hosts",
        "success successful succeeded passed passing running nominal stable safe clean good green red yellow": "checks",
    }
)
"""States that an object has, too: they say nothing about the alarm if they stand in an object of their own."""
SWITCHED: Final = _words(
    {
        "on off open opened close closed active inactive activated deactivated connected disconnected": "doors, valves",
        "available unavailable ready valid new ended end started begin unknown": "updates, plans, placeholders",
    }
)
"""States of anything that can be switched: under an unknown name they say nothing about the alarm."""

ANY_REQUEST: Final = _words({"ok okay success successful succeeded complete completed done": "Prometheus's HTTP API"})
"""Words that an answer has about itself: around a list, they say nothing about its elements."""

TRUE_IF_ENDED: Final = _names(
    {
        "resolved isresolved": "Mezmo",
        "fixed isfixed": "Server Density",
        "recovered isrecovered": "Nightingale",
        "backtonormal": "Sematext",
        "closed isclosed cleared iscleared": "Zenoss, Moogsoft",
        "healthy ishealthy isup up": "uptime scripts",
    }
)
FALSE_IF_ENDED: Final = _names(
    {
        "isactive active": "SolarWinds",
        "isopen open": "Mackerel",
        "alerting isalerting breaching": "burn rates",
        "breached breach violated isbreached fired exceeded": "scripts",
        "firing isfiring istriggered triggered alerttriggered raised": "Datto, home-grown senders",
        "inalarm isalarm alarm alarmactive alertactive inalert standing ongoing isongoing asserted": "SCADA gateways",
        "unresolved": "SCADA gateways",
    }
)
TRUE_IF_OVER: Final = _names({"complete completed finished ended done over": "Bearer"})
OVER_TIMES: Final = _names(
    {"ended finished completed closed completedat finishedat endtime endtimestamp enddate endedtime": "Bearer, Verkada"}
)
"""They end an alarm; of a run or a check they say nothing about its result."""
ALARMS: Final = _words({"alert alarm incident problem issue outage case downtime": "most senders"})
"""Objects that are alarms."""
OF_AN_ALARM: Final = re.compile(r"(?:alarm|alert)[a-z]")
"""Beginnings of the names of an alarm's own fields; ``alarm`` alone may stand beside a machine's state."""
OFF: Final = frozenset({"off", "aus", "uit", "av", "spento", "apagado", "apagada"})
TRUE_IF_FINE: Final = _names(
    {
        "success issuccess successful ok isok passed succeeded": "scripts, and answers about themselves",
        "online available reachable connected alive": "Statping",
    }
)
ZERO_IF_FINE: Final = _names({"exitcode exitstatus returncode rc": "wrappers of cron jobs"})
FALSE_IF_UP: Final = _names(
    {
        "down isdown": "Hyperping; updown.io, also in an event of a certificate",
        "failed isfailed offline isoffline missed late islate overdue isoverdue unreachable stale": "scripts",
        "degraded": "scripts",
    }
)
"""They are about the object that is watched: used if nothing else is there."""
MESSAGES: Final = ("alarm", "alert", "event", "notification")
"""Types of messages that do not say what happened (Huawei Cloud)."""
ENDED_TIMES: Final = _names(
    {
        "resolvedat resolvedon resolvedtime": "Better Stack, Grafana OnCall",
        "endedat closedat closedon": "Google Cloud Monitoring, Mackerel, FireHydrant",
        "resolved recovered cleared restoredat endedon": "scripts",
        "recoveredat clearedat fixedat went wentat goneat cleartime recoverytime": "Netdata, Aliyun",
    }
)
"""Times that are filled only when a problem is over."""

STATES: Final = _names(
    {
        "result conclusion outcome": "CI tools, whose status is only that they completed",
        "notificationtype messagetype": "Nagios, Icinga, VictorOps",
        "servicestate": "Nagios, Icinga; before the host's",
        "status state": "most senders",
        "alertstatus alertstate alarmstatus alarmstate incidentstatus incidentstate problemstate": "Aliyun, Tencent",
        "currentstate newstate currentstatus newstatus newstatevalue": "Pingdom, CloudWatch",
        "statusnow statenow nowstatus nowstate now is stat st sts res turned became": "scripts, control systems",
        "monitorstatus monitorstate checkstatus teststatus": "HetrixTools, SilentDown",
        "alerttransition transition monitorcondition": "Datadog, Azure Monitor",
        "actiongroup alertactiongroup": "Kibana",
        "health healthstatus": "Argo CD, Elasticsearch",
        "hoststate": "Nagios, Icinga",
        "milestone currentmilestone statusextended": "FireHydrant, Splunk Observability",
        "phase direction condition": "IPMI, building automation",
        "statechanged statechange statuschange": "scripts",
        "alert alarm": "Gatus",
        "verdict assessment": "heartbeat monitors, scanners",
        "light lamp trafficlight ampel rag ragstatus indicator lifecycle lifecyclestate stage": "dashboards",
        "to": "scripts, of a transition",
    }
)
STATE_ENDINGS: Final = (
    "statetext",
    "statelabel",
    "statuslabel",
    "statusmessage",
    "resultmessage",
    "status",
    "state",
    "statusname",
    "statename",
    "statustext",
    "result",
    "outcome",
    "conclusion",
)
"""Endings of the names of other fields with a state."""
NO_STATES: Final = re.compile(
    r"^(previous|prev|old|admin|ifadmin|desired|expected|last|former|from|before|http|ack|acknowledge|sync|notification"
    r"|delivery|response|user|order|payment|ticket|power|employment|prior(?!it)|earlier|initial|original|vorherig|bisherig"
    r"|was$|quitt).*|.*(?:before|(?<!h)old|prev|previous|precedente?|anterior|vorher)"
)
"""Beginnings of names that end so, but state something else."""

EVENT_NAMES: Final = _names(
    {
        "event eventname": "Hyperping, Rollbar, AlertifyPro",
        "action alertaction eventaction": "GoAlert, PagerDuty, Graylog's PagerDuty plugin",
        "trigger hook": "OnlineOrNot",
        "alertevent kind": "Cloudflare, scripts",
        "eventtypekey eventcode": "AppDynamics",
        "notify": "upsmon's scripts",
        "op operation verb change changetype eventkind": "feeds of changes",
        "eventtype type alerttype messagetype notificationtype": "Grafana OnCall, Clicky, Datadog, Fastly",
        "triggertype notifytype alarmtype transitiontype": "Sumo Logic, TeamCity's plugin",
        "alerttypefriendlyname": "UptimeRobot",
    }
)
"""Fields that say what happened, such as ``alert.resolved``, ``check.up`` or ``resolved_item``."""
_TESTING: Final = _words(
    {
        "test": "most senders",
        "prueba teste essai prova proef zkouška skúška próba próbny testowa тест проверка deneme": "other languages",
        "测试 測試 テスト 테스트": "Chinese, Japanese and Korean senders",
    }
)
_TESTED: Final = _words(
    {
        "connection webhook message notification": "most senders",
        "verbindung verbindungs nachricht meldung connexion conexión conexão connessione": "European templates",
        "spojení připojení spojenie połączenia połączenie wiadomość соединения связи сообщение": "Slavic templates",
        "连接 連線 消息 通知 接続 疎通 연결 알림": "Chinese, Japanese and Korean senders",
    }
)
TESTS: Final = frozenset(
    {
        *(first + last for first in _TESTING for last in _TESTED),
        *(first + last for first in _TESTED for last in _TESTING),
        *("handshake", "urlverification", "webhookverification", "endpointverification", "webhookcreated"),
    }
)
"""Names of an event by which a sender tries the connection."""
LIFE_SIGNS: Final = frozenset(
    {
        *("lifesign", "signoflife", "keepalive", "alive", "stillalive", "imalive", "iamalive"),
        *(
            "lebenszeichen",
            "levensteken",
            "livstecken",
            "livstegn",
            "signedevie",
            "signalvie",
            "senaldevida",
            "sinaldevida",
            "segnodivita",
            "znakzycia",
        ),
    }
)
PINGS: Final = LIFE_SIGNS | {"ping", "heartbeat", "心跳", "ハートビート", "하트비트"}
"""Names of an event by which a sender says that it runs; a host's ping or heartbeat may also be what is watched."""
ALIVE: Final = re.compile(
    r"\b(?:still (?:alive|running|here|up|there)|alive|up and running|all (?:is )?(?:ok|well|fine))\b"
    r"|\b(?:läuft|lebt) noch\b"
    r"|\b(?:noch|nog|toujours|encore|sigue|todavía|ancora|ainda|wciąż|nadal|stále|fortfarande|fortsat) "
    r"(?:aktiv|actief|actif|active|en marche|activo|en marcha|attivo|in funzione|ativo|aktywny|działa|běží|igång)\b"
    r"|\b(?:heartbeat|ping|keep-?alive|life ?sign)[.!]?$",
    re.IGNORECASE,
)
"""Sentences of a sender that runs."""
BEGINNINGS: Final = _words(
    {
        "fired firing triggered trigger raised raise": "Pongo, PagerDuty",
        "opened open created new started begin": "Opsgenie, Rollbar, Grafana OnCall",
        "reopened reactivated": "Rollbar, PagerDuty",
    }
)
"""Words of an event's name after which an inner state that has ended is an old one."""
ENDED_TITLE: Final = re.compile(
    r"^(?:[\W_]|:[a-z][a-z_]*:)*(?:\[(?:resolved|recovered|recovery|ok|closed|cleared|fixed|up)\b[^\]]*\]"
    r"|[^】\]未不非미비]{0,12}(?:已?恢[复復]|已解[决決]|解消|復旧|해제|복구|정상|해결)[^】\]]{0,4}[】\]]"
    r"|[^\W\d_未不非미]{0,6}(?:恢[复復]|解[决決消除]|復旧|해제|복구|해결)(?:済み?|완료)?\s?[:\uff1a]"
    r"|(?:resolved|recovered|recovery|ok|closed|cleared|fixed|up)\s*[:\u2013-]\s"
    r"|(?-i:RESOLVED|RECOVERED|RECOVERY|OK|CLEARED|FIXED|UP)\b)|^\s*(?:[✅🟢]|:white_check_mark:|:large_green_circle:)",
    re.IGNORECASE,
)
"""The beginning of a title of an end: used if no field has a state. Fastly, Slack-shaped senders."""
ENDED_SENTENCE: Final = re.compile(
    r"\b(?:(?:is|are|has|have|was|been|now|again|back)\s+)+"
    r"(?:resolved|recovered|restored|cleared|closed|fixed|up|online|ok|okay|normal|healthy|reachable|operational)\b"
    r"|\[[\W_]*(?:resolved|recovered|ok|up|closed)\]"
    r"|\b(?:ended|resolved|recovered|cleared|succeeded)\s*[-\u2013:(,]"
    r"|\b(?:succeeded|recovered|resolved|cleared)\s+(?:on|at|in|after|within|for)\b"
    r"|\b(?:successful|successfully|succeeded|passed|ended)[.!]?$"
    r"|\bback to (?:normal|ok|green)\b"
    r"|\b(?:below|within|inside|under)\b.{0,40}\bagain\b|\b(?:within|inside) (?:its |the )?(?:range|limits?)\b"
    r"|\b(?:back on|on line|on mains|on utility) (?:power|line|mains|utility)\b|\b(?:up|online|reachable|ok) again\b"
    r"|\b(?:recovered|resolved|behoben|wieder (?:normal|ok|erreichbar|online)|est rétabli|restabelecido)[.!]?$",
    re.IGNORECASE,
)
"""Parts of a sentence that say that a problem is over: chat messages, mails."""
FAILED: Final = _words({"failed failure failing fail rejected error errors crashed aborted": "CI tools"})
"""Words of a title after which a run that has ended has failed."""
STATED: Final = re.compile(r"\b(?:(?<!\d )OK|UP|RESOLVED|RECOVERED|RECOVERY|CLEARED|NORMAL)\b")
"""A state in capitals within a text, such as ``db-2 DISK OK``, but not an answer such as ``200 OK``."""
ENDED_COLOURS: Final = _words({"good green #36a64f #2eb67d #2eb886 #28a745": "bodies in the form of Slack"})

# --- Severities ----------------------------------------------------------------------------------------------------

SEVERITIES: Final = {
    word: level
    for level, table in {
        Severity.CRITICAL: {
            "critical crit fatal emergency emerg panic disaster blocker": "Alertmanager, syslog, Zabbix, Jira",
            "p0 p1 sev0 s0 s1": "Opsgenie, Azure, incident.io",
            "page catastrophic extreme urgent highest": "SRE rules, NWS, Zendesk, Jira",
            "majoroutage": "Statuspage, Instatus",
            "red purple": "dashboards, AppDynamics",
            "심각 긴급 치명 紧急 緊急 致命 严重 嚴重 重大": "Korean, Chinese and Japanese senders",
            "kritisch critique crítico crítica kritik kriittinen kritikus critic": "Western European templates",
            "kritis": "Western European templates",
            "notfall urgence urgente urgent emergencia emergência emergenza": "European templates",
            "krytyczny kritický kritická критический критическая критично авария": "Eastern European templates",
            "désastre чрезвычайная": "Zabbix in French and Russian",
            "dringend katastrophe bloquant bloqueante bloccante desastre kritiek": "European templates",
            "noodgeval spoed": "European templates",
            "kritiskt akut krytyczna krytyczne pilny pilne": "Swedish and Polish templates",
            "критичный критическое чрезвычайный фатальная фатальный бедствие катастрофа": "Russian templates",
            "rot rouge rojo vermelho rosso rood röd czerwony красный 红色 紅色 赤 빨강": "colours",
            "危急 危険 致命的 严重告警 위급 치명적": "Chinese, Japanese and Korean senders",
        },
        Severity.ERROR: {
            "error err errors high major severe": "syslog, Opsgenie, SolarWinds, Zabbix",
            "p2 sev1 s2": "Opsgenie, Azure",
            "orange": "dashboards",
            "partialoutage majorissues": "Statuspage, Instatus",
            "오류 높음 错误 重要 エラー 高": "Korean, Chinese and Japanese senders",
            "fehler hoch schwer schwerwiegend erreur élevé élevée majeur majeure": "German and French templates",
            "alta alto haute grave mayor maior maggiore fallo falha errore": "Romance languages",
            "hoog ernstig wysoki wysoka vysoká chyba błąd ошибка высокая высокий": "Dutch and Slavic templates",
            "sévère erro severo severa maggiori elevado elevada elevato importante fout": "European templates",
            "erheblich": "European templates",
            "allvarlig allvarligt högt wysokie poważny poważne высокое серьезная": "European templates",
            "серьёзная серьезный": "European templates",
            "主要 高危 錯誤 重度 에러 중요 橙色": "Chinese, Japanese and Korean senders",
            "yüksek hata høj hög høy fejl fel feil korkea virhe magas hiba tinggi": "Turkish and Nordic templates",
        },
        Severity.WARNING: {
            "warning warn medium minor moderate average caution": "Alertmanager, Zabbix, GuardDuty",
            "p3 sev2 s3": "Opsgenie, Azure",
            "yellow amber": "dashboards",
            "degraded degradedperformance": "Statuspage, Instatus",
            "경고 주의 보통 警告 注意 次要 一般 中": "Korean, Chinese and Japanese senders",
            "warnung mittel avertissement moyen moyenne mineur mineure attention": "German and French templates",
            "advertencia aviso media medio média médio avviso attenzione atenção menor minore": "Romance languages",
            "waarschuwing gemiddeld ostrzeżenie średni varování střední": "Dutch and Slavic templates",
            "предупреждение средняя средний": "Russian templates",
            "uyari orta advarsel varning medel varoitus": "Turkish and Nordic templates",
            "közepes figyelmeztetés sedang peringatan": "Hungarian and Indonesian templates",
            "achtung vorsicht mäßig leicht modéré modérée moderada moderado precaución": "European templates",
            "advertência": "European templates",
            "avvertimento avvertenza moderato middel matig måttlig mindre średnie": "European templates",
            "średnia uwaga": "European templates",
            "внимание среднее умеренная незначительная": "Russian templates",
            "gelb jaune amarillo amarelo giallo geel gul żółty желтый жёлтый 黄色 黄 노랑": "colours",
            "中危 轻微 中度 경미": "Chinese, Japanese and Korean senders",
        },
        Severity.INFO: {
            "info information informational informative notice low lowest debug trace verbose": "syslog, Jira",
            "trivial": "syslog, Jira",
            "p4 p5 sev3 sev4 s4 s5": "Opsgenie, Azure",
            "green blue": "dashboards",
            "정보 낮음 提示 信息 通知 情報 軽微 低": "Korean, Chinese and Japanese senders",
            "niedrig gering hinweis basse faible baja bajo baixa baixo bassa basso": "European templates",
            "informationen informação informazione información informacja": "European templates",
            "информация низкая низкий": "Russian templates",
            "informatif informativo informativa informatie informacyjny инфо сведения": "European templates",
            "уведомление": "European templates",
            "leve lieve bas niskie niska lågt низкое": "European templates",
            "grün vert verde groen grön grøn zielony зеленый зелёный 绿色 緑 녹색": "colours",
            "低危 軽度": "Chinese and Japanese senders",
            "laag niski nízká düşük lav låg matala alacsony rendah": "European templates",
        },
        Severity.NOT_AVAILABLE: {"notavailable not_available": "this API"},
    }.items()
    for words in table
    for word in folded(words).split()
}

SYMBOLS: Final = {
    "🔴": Severity.CRITICAL,
    "🚨": Severity.CRITICAL,
    "🔥": Severity.CRITICAL,
    "🟠": Severity.ERROR,
    "❌": Severity.ERROR,
    "🟡": Severity.WARNING,
    "⚠": Severity.WARNING,
    "🟢": Severity.INFO,
    "🔵": Severity.INFO,
    ":rotating_light:": Severity.CRITICAL,
    ":fire:": Severity.CRITICAL,
    ":red_circle:": Severity.CRITICAL,
    ":x:": Severity.ERROR,
    ":warning:": Severity.WARNING,
}
"""Read only if the text has no word."""

STATE_SEVERITIES: Final = {
    word: level
    for level, words in {
        Severity.CRITICAL: "critical crit fatal emergency disaster majoroutage",
        Severity.ERROR: (
            "down offline unreachable dead failed failure failing fail fault faulted error err unhealthy outage"
        ),
        Severity.WARNING: "warning warn degraded degradedperformance yellow",
        Severity.INFO: "info information informational notice",
    }.items()
    for word in words.split()
}
"""Severities that states imply, if nothing else states one."""

SEVERITY_NAMES: Final = (
    _names(
        {
            "severity alertseverity eventseverity severitylabel severitytext severityname sev": "most senders",
            "severitylevel sevlevel sevname severitycode": "printers, scripts",
            "alertlevel errorlevel threatlevel risklevel": "Aliyun, Huawei Cloud",
            "criticality": "VMware",
            "alarmlevel alarmclass alarmseverity warninglevel severityclass urgencylevel seriousness": "appliances",
        }
    ),
    _names({"level loglevel levelname lvl": "Rollbar, Sentry, logs"}),
    _names(
        {
            "priority priorityname prio importance risk": "Opsgenie, Jira, Unraid",
            "urgency impact": "PagerDuty, Statuspage",
            "rank grade tier gravity danger": "scripts",
        }
    ),
    _names(
        {
            "type alerttype eventtype messagetype triggertype": "Kubernetes, Datadog, VictorOps, Sumo Logic",
            "class classification category kind rating klasse clase classe categoría catégorie kategorie": "gateways",
        }
    ),
    _names({"color colour": "Xymon, scripts", "light lamp trafficlight ampel rag ragstatus indicator": "dashboards"}),
    _names({"severityid severitynumber": "OCSF, OpenTelemetry", "sysloglevel syslogseverity": "syslog"}),
)
"""In this order: a field of the first tuple anywhere in the body precedes one of the second."""

SEVERITY_ENDINGS: Final = ("severity", "priority", "criticality")
"""Endings of other names of a severity, such as Kentik's ``AlarmSeverity``."""

_LEVEL_NAMES: Final = frozenset(SEVERITY_NAMES[1])

_SYSLOG: Final = (
    *((level, Severity.CRITICAL) for level in range(3)),
    (3, Severity.ERROR),
    (4, Severity.WARNING),
    *((level, Severity.INFO) for level in range(5, 8)),
)
_SCALES: Final[dict[str, dict[int, Severity]]] = {
    "syslog": dict(_SYSLOG),
    "tens": {
        10: Severity.INFO,
        20: Severity.INFO,
        30: Severity.WARNING,
        40: Severity.ERROR,
        50: Severity.CRITICAL,
    },
    "pino": {
        10: Severity.INFO,
        20: Severity.INFO,
        30: Severity.INFO,
        40: Severity.WARNING,
        50: Severity.ERROR,
        60: Severity.CRITICAL,
    },
    "ocsf": {
        1: Severity.INFO,
        2: Severity.INFO,
        3: Severity.WARNING,
        4: Severity.ERROR,
        5: Severity.CRITICAL,
        6: Severity.CRITICAL,
    },
    "otel": {
        number: level
        for first, level in ((1, Severity.INFO), (13, Severity.WARNING), (17, Severity.ERROR), (21, Severity.CRITICAL))
        for number in range(first, 25)
    },
}
"""Numbers with a known meaning; any other number is NONE, because senders count up and down.

Rollbar and Python count ``tens``, Bunyan and Pino too, but one step lower.
"""
_SCALE_OF_NAMES: Final = {
    "severityid": "ocsf",
    "severitynumber": "otel",
    "sysloglevel": "syslog",
    "syslogseverity": "syslog",
}
_HINTS: Final = {
    "syslog": frozenset({"facility", "shortmessage", "syslogtag", "sysloghost", "appname"}),
    "pino": frozenset({"pid", "hostname"}),
}
"""Names in the number's object that show its scale: GELF and syslog's, Pino's."""

# --- Keys, titles and other fields ---------------------------------------------------------------------------------

KEYS: Final = (
    _names(
        {
            "eventkey alertkey alarmkey": "this API, Argos",
            "dedupkey dedupekey dedup deduplicationkey dedupid deduplicationid": "PagerDuty, Squadcast, GoAlert",
            "fingerprint": "Alertmanager, Keep",
            "aggregationkey groupingkey groupkey": "Datadog, Fastly",
            "incidentkey correlationid correlationkey": "PagerDuty, Moogsoft",
            "alertuid alertuuid alerthash": "OPNsense's Monit through Grafana OnCall, Checkmk",
        }
    ),
    _names(
        {
            "alertid alertobjectid incidentid incidentuid incidentuuid problemid alarmid": "SolarWinds, Zabbix",
            "alertgroupid issueid errorid anomalyid violationid ticketid": "Grafana OnCall, Bugsnag, Sentry",
            "hash": "Nightingale",
        }
    ),
)
"""Ids of an alert; those of the first tuple anywhere in the body precede those of the second."""
OBJECT_KEYS: Final = _names(
    {
        "monitorid monitoruuid monitoruid checkid checkuuid testid": "HetrixTools, Hyperping, SilentDown",
        "sensorid": "PRTG",
        "sourceid objectid entityid uniqueid": "WebGazer, VictorOps, SAP",
    }
)
"""Ids of the watched object: used if the alert itself has none. A rule's is not among them: a rule has many alerts."""
OWN_KEYS: Final = ("id", "uuid", "uid", "guid", "sysid")
"""Ids of the object that they stand in; ``sys_id`` is ServiceNow's."""
UP_TO_SOMETHING: Final = frozenset(
    {"follow", "set", "start", "clean", "sign", "warm", "wake", "look", "spin", "build", "pop", "speed", "scale"}
)
"""Words that make another thing of the ``up`` behind them, such as Raygun's ``FiveMinuteFollowUp``."""
CHECK_KEYS: Final = frozenset({"checkid", "checkuuid"})
"""Of these, ids of what may be checked on many hosts (InfluxDB)."""
HOSTS: Final = ("host", "hostname", "instance")
REFERENCES: Final = _names(
    {
        "incident incidentnumber ticket ticketnumber case casenumber": "scripts",
        "dossier vorgang vorgangsnummer fall caso expediente pratica zaak sak arende sprawa": "European templates",
        "ref reference": "scripts",
    }
)
"""Names of an id, if their text looks like one."""

TITLES: Final = (
    _names(
        {
            "title summary subject subj headline heading caption": "most senders",
            "alertname alarmname alerttitle incidenttitle incidentname problemtitle": "Alertmanager, Aliyun",
            "issuetitle issuename problemname faultname eventtitle eventsummary alertsummary": "SonarQube, scripts",
            "shortmessage shortdescription": "GELF, ServiceNow",
        }
    ),
    _names(
        {
            "monitorname monitorfriendlyname monitordisplayname checkname testname jobname": "UptimeRobot, Mackerel",
            "entitydisplayname": "VictorOps",
            "rulename alertrule alertrulename conditionname policyname": "Nightingale, New Relic",
            "savedsearchname displayname itemname itemtitle": "Papertrail, Server Density",
            "exceptionclass exceptiontype errorclass": "Bugsnag, Raygun",
        }
    ),
    _names({"name": "most senders", "label": "Oh Dear, NodePing"}),
    _names(
        {
            "message msg text alertmessage statemessage": "most senders",
            "say says what whathappened phrase words wording sentence": "scripts",
            "humanreadable humantext plaintext txt blurb narrative": "scripts",
            "klartext klartextmeldung": "German control systems",
            "description details detail body content": "WebGazer",
        }
    ),
    _names(
        {
            "alerttype event eventname alert type": "ThingsBoard, Server Density, Cisco Meraki",
            "problem issue incident outage fault alarm": "scripts",
            "finding symptom anomaly observation defect": "scanners, watchdogs",
        }
    ),
    _names(
        {
            "target host hostname entityname nodename resource": "Hyperping, SilentDown",
            "node device instance server system domain": "scripts",
            "repo repository pipeline workflow": "CI tools",
        }
    ),
    _names({"url uri link location": "WebGazer, uptime monitors"}),
)
"""Names of a title, the best first; a state or an event's name is a title only under a name of the first three."""
KINDS: Final = _names(
    {
        "metric metricname": "Heroku",
        "alert alarm alerttype alarmtype trapname trap": "rules by name, ThingsBoard, forwarders of SNMP traps",
        "event eventtype eventname type kind condition": "cloud providers",
    }
)
"""Names of a kind of alarm, such as ``KubeNodeNotReady``: with the object's name, it is a title."""
GENERAL: Final = (
    ENDED
    | STANDING
    | BEGINNINGS
    | frozenset(SEVERITIES)
    | _words(
        {
            "alert alarm alerts incident issue case check monitor monitoring event notification": "most senders",
            "webhook update updated state status change changed": "most senders",
            "health test http https ping tcp service host": "uptime monitors",
        }
    )
)
"""Words of a kind that alone say nothing about the problem."""
PROBLEMS: Final = _names(
    {
        "alert alarm problem issue incident fault outage alarmtext alerttext": "Commvault, scripts",
        "finding symptom anomaly observation defect": "scanners, watchdogs",
    }
)
"""Names of a sentence that is a title."""
OBJECTS: Final = _names(
    {
        "rule check monitor": "ElastAlert, Cronitor, scripts",
        "job task service component application sensor": "scripts",
        "script command backup schedule cronjob": "wrappers of cron jobs",
        "beat heartbeat journey tile": "heartbeat monitors, dashboards",
        "pool volume interface filesystem entity": "ZFS, scripts",
    }
)
"""Objects that are a title together with the explanation, if there is no message."""
JOBS: Final = _names(
    {
        "jobname buildname pipeline pipelinename workflow workflowname job": "CI tools",
        "app appname application applicationname": "scripts",
        "dagid dag flowname flow taskname taskid": "Airflow, Prefect",
        "repository repositoryname repo reponame project projectname": "Travis CI, Drone",
    }
)
"""Names of what a run is of."""
EXPLANATIONS: Final = _names(
    {
        "error errormessage cause reason failurereason": "Better Stack, Bugsnag, SiteGuard",
        "line note remark info notice why hint": "Xymon, scripts",
    }
)

TITLE_ENDINGS: Final = (
    ("title", "summary", "subject", "headline"),
    ("message", "description", "text"),
    ("name", "label"),
)
"""Endings of other names: of a title, of a sentence, and of an object.

OpenNMS has a ``logMessage``, Render a ``serviceName``.
"""

COMPOSED: Final = (
    (("servicedesc", "servicedescription", "servicename"), ("hostname", "hostdisplayname", "hostalias")),
    (("sensor", "sensorname"), ("device", "devicename", "host")),
    (("checkname", "check"), ("hostname", "host", "server", "node")),
    (("alerttype",), ("itemname",)),
    (("expectation", "assertion"), ("dataset", "table")),
    (("service",), ("hostname", "host")),
    (("hostname", "hostdisplayname", "hostalias"), ()),
)
"""The watched object and its place: together they are a title. A host alone is one with its output.

Nagios's macros, PRTG, Sensu, Server Density.
"""
OUTPUTS: Final = ("serviceoutput", "hostoutput", "output")
"""The message that follows a composed title."""

DETAILS: Final = ("description", "details", "detail", "body", "content")
"""Of the sentences that are a title, those after the name of an event that is a sentence."""
DESCRIPTIONS: Final = _names(
    {
        "description message details detail text": "most senders",
        "reason body content msg cause statemessage": "Better Stack, VictorOps",
        "serviceoutput hostoutput output longoutput": "Nagios, Icinga",
        "failurereason errormessage desc": "SiteGuard, OCSF",
    }
)
TIMES: Final = _names(
    {
        "occurredat occuredat timestamp time eventtime": "most senders",
        "triggeredat triggertime triggereddatetime startedat startsat startat starttime": "Nightingale, SolarWinds",
        "firedat openedat statestarttime since createdat createdate": "Mackerel, VictorOps, Sematext",
        "longdatetime date datetime lastoccurrencetimestamp datehappened": "Nagios, Rollbar, Datadog",
    }
)
RULES: Final = _names(
    {
        "rule rulename alertrule policy policyname": "most senders",
        "checkname monitorname condition conditionname": "uptime monitors, New Relic",
        "servicedesc servicedescription sensor": "Nagios, Icinga, PRTG",
    }
)
RESOURCES: Final = _names(
    {
        "resource host hostname instance server node device service target": "most senders",
        "devicename servername machine machinename vmname podname": "IoT platforms, hypervisors, Kubernetes",
        "pod thing vm": "IoT platforms, hypervisors, Kubernetes",
        "database db queue topic bucket volume disk container site website gateway ups zone": "scripts",
        "computer computername agent agentname": "remote management, Wazuh",
        "client clientname": "Commvault",
        "domain domainname configurationitem ci asset assetname equipment": "certificate watchers, ServiceNow",
        "nodename entityname targetident entitycaption monitorurl": "SolarWinds, Nightingale",
    }
)
SUBJECTS_FIRST: Final = _names({"consumergroup involvedobject": "Kafka, Kubernetes"})
JOB_OBJECTS: Final = ("job", "pipeline", "workflow", "task", "dag")
RUNS: Final = _words({"run build execution": "CI tools, backup software"})
"""Beside an object that is one run, what ran precedes the host that ran it."""
REPORTERS: Final = ("gateway", "site", "zone", "website")
"""Of the resources, those that others report through."""
WATCHED_LAST: Final = _names(
    {
        "object metadata component endpoint sensor": "storage arrays, IoT gateways",
        "heartbeat checkname monitorname jobname job pipeline workflow check monitor": "uptime monitors, CI tools",
        "camera printer router switch accesspoint ap door pump inverter plc meter": "gateways",
        "budget budgetname queuename topicname": "cloud providers",
    }
)
"""Objects that an alarm is about: before its host, and if no host is named."""
RESOURCE_IDS: Final = _names({"resourceid instanceid hostid": "most senders"})
RESOURCE_NAMES: Final = _names({"resourcename instancename hostname devicename servername": "most senders"})
RESOURCE_TYPES: Final = _names({"resourcetype hosttype entitytype": "most senders"})

TRANSLATIONS: Final = {
    name: meaning
    for meaning, names in {
        "resolvedat": (
            "aus gegangenam gegangenzeit gehtzeit behobenam behobenum résolule resueltoen fecharesolucion "
            "resolvidoem risoltoil opgelostop "
            "времявосстановления 恢复时间 復旧時刻 復旧日時 복구시각 복구시간 해제시각 해제시간 "
        ),
        "endtime": (
            "ende endzeit endezeit fin fechafin horafin datefin heurefin fim datafim horafim datafine orafine einde "
            "eindtijd sluttid koniec окончание времяокончания 结束时间 終了時刻 終了日時 종료시각 종료시간 "
        ),
        "type": (
            "tipo typ tipologia art soort aard nature natura naturaleza natureza druh rodzaj тип "
            "类型 類型 種別 종류 유형"
        ),
        "event": "evento événement ereignis gebeurtenis händelse hendelse zdarzenie событие 事件 イベント 이벤트",
        "starttime": (
            "beginn beginnzeit début heuredébut datedébut inicio fechainicio horainicio início datainício inizio "
            "datainizio aanvang begintijd starttid początek начало времяначала 开始时间 触发时间 開始時刻 "
            "発生時刻 발생시각 발생시간 "
        ),
        "resolved": (
            "behoben résolu résolue resuelto resuelta resolvido resolvida risolto risolta opgelost löst rozwiązany "
            "решено устранено 是否恢复 已恢复 復旧済み 해결여부 "
        ),
        "job": (
            "aufgabe auftrag travail tâche trabajo tarea trabalho tarefa lavoro compito attività taak jobb "
            "uppgift zadanie "
            "úloha görev työ задание задача 任务 任务名称 作业 ジョブ ジョブ名 タスク 작업 작업명 "
        ),
        "result": (
            "ergebnis résultat resultado risultato esito resultaat resultat wynik výsledek sonuç tulos "
            "результат итог 结果 結果 执行结果 実行結果 결과 실행결과 "
        ),
        "title": (
            "장애내용 장애명 경보내용 συμβάν suceso resumo resumen résumé riassunto zusammenfassung "
            "libellé überschrift kurztext kurzbeschreibung intestazione kop nagłówek cabeçalho "
            "уведомление 告警主题 报警标题 警报标题 見出し 알림제목 "
            "betreffzeile intitulé encabezado 事象 障害内容 主题 主題 제목명 "
            "başlik temat onderwerp předmět titel betreff titre objet titulo asunto assunto titolo oggetto "
            "tytuł "
            "rubrik ämne emne tittel otsikko aihe tárgy cím subiect titlu konu judul "
            "θέμα τίτλος тема заголовок 标题 標題 告警标题 告警名称 제목 件名 タイトル"
        ),
        "message": (
            "meldetext meldungstext fehlertext störtext störungstext ereignistext textealarme textoalarma testoallarme "
            "texte texto testo tekst komunikat текст "
            "消息内容 报警内容 告警信息 本文 通知内容 알림내용 메시지내용 "
            "treść wiadomość bericht zpráva nachricht meldung mensaje mensagem messaggio mesaj meddelande besked "
            "viesti сообщение 内容 消息 告警内容 메시지 내용 メッセージ"
        ),
        "description": (
            "detalle detalhe dettaglio détail einzelheit опис подробности описаниепроблемы szczegóły dettagli "
            "detalles détails detalhes einzelheiten "
            "详情 详细信息 描述信息 詳細内容 상세 상세내용 "
            "beschreibung descripción descrição descrizione opis popis açiklama beskrivning omschrijving "
            "описание 描述 설명 説明 詳細"
        ),
        "severity": (
            "tingkat keparahan prioritate severitate prioriteetti prioritás súlyosság προτεραιότητα mứcđộ "
            "nivel nível livello nivå urgencia urgência urgence urgenza priorità prioriteit prioritet "
            "criticité criticidad criticidade criticità kritikalität wichtigkeit importancia importância "
            "importanza ernstigheid "
            "alarmstufe alarmklasse warnstufe niveaualerte niveaualarme nivelalerta nivelalarma livelloallarme "
            "krytyczność ważność "
            "критичность уровеньважности 緊急度 優先度 优先级 严重性 报警级别 警报级别 우선순위 긴급도 중요도 위험도 "
            "priorität "
            "önem seviye poziom priorytet ernst závažnost schweregrad stufe dringlichkeit gravité sévérité niveau "
            "gravedad severidad gravidade severidade prioridad prioridade gravità allvarlighetsgrad vakavuus "
            "важность серьезность уровень приоритет 告警级别 告警等级 级别 等级 严重程度 "
            "심각도 등급 수준 重要度 レベル 深刻度"
        ),
        "status": (
            "alarmzustand étatactuel étatalarme étatalerte "
            "estadoalarma estadoalerta estadoactual estadoatual statoallarme läge "
            "situatie toestandalarm текущеесостояние 当前状态 报警状态 警报状态 状況 現在の状態 現在状態 "
            "알람상태 경보상태 알림상태 "
            "stare állapot κατάσταση trạngthái estatus "
            "durum stan stav toestand zustand état statut estado situación situação stato tila tillstånd "
            "статус состояние 状态 狀態 告警状态 상태 状態 ステータス"
        ),
        "alert": (
            "alerta alarma alarme warnmeldung störung alerte allarme hälytys larm 警报 告警 알림 경보 アラート 障害"
        ),
        "device": (
            "anlage maschine gerätename nombreequipo nombredispositivo equipamento nomeequipamento nomdéquipement "
            "设备名称 设备名 機器名 装置名 장비명 장치명 "
            "maszyna stroj zariadenie uređaj naprava készülék echipament "
            "equipo gerät appareil équipement dispositivo urządzenie zařízení apparaat "
            "устройство 设备 장비 장치 装置 機器"
        ),
        "host": (
            "węzeł uzel nœud noeud nodo knoten knotenname "
            "rechnername nombrehost nombreservidor nomhote nomduserveur nomehost nomeservidor nomehost "
            "ホスト名 サーバー名 サーバ名 主机名称 服务器名 服务器名称 호스트명 서버명 "
            "serwer sunucu rechner serveur hôte machine servidor máquina palvelin "
            "сервер узел хост 主机 主機 主机名 服务器 호스트 서버 ホスト サーバー サーバ"
        ),
        "service": (
            "dienst servicio serviço servizio usługa služba hizmet tjänst palvelu сервис служба 服务 서비스 サービス"
        ),
        "time": (
            "kiedy wann quand cuándo cuando quando wanneer kdy kedy hvornår milloin "
            "zeit uhrzeit zeitpunkt heure hora fecha ora czas čas tijd zaman "
            "время 时间 告警时间 시각 시간 日時 発生日時"
        ),
        "messageid": (
            "전송번호 통지번호 메시지번호 通知番号 消息编号 通知编号 номерсообщения сообщения "
            "idmensaje idmessage idmessaggio numeromessage numeromensaje nummermelding bildirimno üzenetazonosító "
            "mathongbao progressivo "
            "volgnr volgnummer löpnummer løpenummer poradovecislo laufnummer laufendenummer telegrammnummer"
        ),
        "script": "skrypt skript guion скрипт 脚本 スクリプト 스크립트",
        "resource": "监控对象 告警对象 监控目标 監視対象 対象 감시대상 모니터링대상 대상",
        "ruleid": "规则编号 规则id 策略编号 ルール番号 규칙번호",
        "labels": "标签 標籤 タグ ラベル 라벨 태그",
        "id": "kennung identifiant identificador идентификатор 编号 번호 番号",
        "name": "nombre nome nom naam nazwa název navn namn nimi név имя название 名称 名稱 名前 이름 bezeichnung",
        "number": "nummer nr número numéro",
        "alertid": (
            "störungsnummer meldungsnummer alarmnummer meldungsid störungsid "
            "idalerta idalarma idalarme idalerte idincidente "
            "numeroalerta numeroincidente numéroincident numéroalerte códigoalarma códigoalerta "
            "告警编号 告警id 事件编号 警报编号 障害番号 障害id アラート番号 アラートid インシデント番号 "
            "장애번호 알림번호 알람번호 경보번호 장애id 알람id"
        ),
        "check": (
            "kontrola kontroll kontrolle sprawdzenie проверка denetim ellenőrzés "
            "prüfung prüfpunkt messstelle comprobación verificación verificação contrôle "
            "vérification sonde controllo sonda "
            "監視項目 监控项 监控指标 检查项 점검항목 감시항목 모니터링항목 항목 項目"
        ),
    }.items()
    for original in names.split()
    for name in map(folded, (original, original.translate(_UMLAUTS), original.translate(_DOTLESS)))
}
"""Names in other languages: templates that operators write."""
OF_A_SUBJECT: Final = re.compile(r"[a-z]*?(alert|alarm|incident|problem|issue|fault|event)([a-z]+)")
"""Names with their object's before them: ``incident.sev``, ``ALARM_PHASE``, ``prtAlertDescription``."""
PREFIXES: Final = ("notify", "nagios", "icinga")
"""Beginnings of macros as environment variables, such as ``NOTIFY_HOSTSTATE``: Checkmk, Nagios, Icinga."""

# --- Objects within a body -----------------------------------------------------------------------------------------

SUBJECTS: Final = _words(
    {
        "alert alertgroup alertdata alarm": "Mackerel, Grafana OnCall, Pongo",
        "incident issue problem case outage ticket": "Better Stack, Sentry, FireHydrant",
        "error fault item finding violation anomaly vulnerability": "Bugsnag, Rollbar, Clair",
        "monitor check probe sensor test period": "MoniTao, SiteGuard, WebGazer",
        "qualitygate": "SonarQube",
        "attachments embeds cards": "GlitchTip; bodies in the form of Slack, Discord and Teams",
    }
)
"""Objects that an alarm is about: their own words precede those around them."""
DEFINITIONS: Final = frozenset({"trigger", "alarmdefinition", "alertdefinition"})
"""Objects that define an alarm, whose names of several words are its title: Zabbix's media types, Monasca."""
ENVELOPES: Final = _words({"event notification meta message webhook": "Rootly, Squadcast"})
"""Objects whose ids are those of a delivery."""
WATCHED: Final = _words({"monitor check probe sensor test": "MoniTao, SiteGuard"})
"""Of these, objects that are watched: their ids come after those of an alarm."""
CONTENTS: Final = _words(
    {
        "data payload attributes object body content": "Better Stack, Rollbar, JSON:API",
        "event notification result spec meta hit": "Dependency-Track, Contrail Insights, StatusMate",
        "message detail": "Pub/Sub, EventBridge",
    }
)
"""Objects that hold the content of an envelope: they precede what is around them, if they have a title or a state."""
CONTENT_ENDINGS: Final = ("data", "payload")
"""Endings of other names of such objects: Freshping's ``webhook_event_data``."""
PLACES: Final = _words({"site app application project cluster environment repository": "Oh Dear, SonarQube"})
"""Objects that an alarm's object lies in, whose names are a title if there is no other. An account's never is."""
CHAT: Final = _words(
    {"text body content plain plaintext textbody bodyplain message description": "chat messages, mail gateways"}
)
"""Texts whose lines may be fields, such as ``Host: db-1``."""
PAIR_NAMES: Final = _names(
    {
        "name title key label field toplabel": "Slack's fields, Teams' facts, Google's cards, tags",
        "n k property attribute attr param parameter item": "OpManager, scripts",
        "bezeichnung merkmal feld nom champ nombre campo nome chiave naam veld nazwa pole název": "European templates",
        "имя поле параметр название 項目 项目 字段 名称 항목 이름": "Russian, Chinese, Japanese and Korean senders",
    }
)
PAIR_VALUES: Final = _names(
    {
        "value v val": "most senders, OpManager",
        "wert valeur valor valore waarde wartość hodnota": "European templates",
        "значение 値 值 数值 값": "Russian, Japanese, Chinese and Korean senders",
    }
)
"""Names of the name and of the value in a list of both, in lower case."""
WRAPPING: Final = frozenset({"value", "displayvalue", "link", "type", "metadata", "timestamp", "sourcetimestamp"})
"""Plain names within an object around a field's value: ServiceNow, OPC UA, NGSI."""
TYPED: Final = frozenset(
    {"string", "boolean", "int", "long", "double", "float", "stringvalue", "boolvalue", "intvalue"}
)
"""Plain names of a type, of which an object has only one, around a field's value: Avro, OpenTelemetry."""
LOOKS: Final = frozenset({"weight", "size", "isSubtle", "style"})
"""Names of how a block of a card looks: Adaptive Cards."""
LARGE: Final = frozenset({"bolder", "bold", "large", "extralarge", "heading", "header", "title"})
SMALL: Final = frozenset({"small", "lighter", "subtle", "caption", "footer"})
NAMED: Final = _words({"host service device check": "Opsview, OpsRamp"})
"""Objects whose names are also read as fields such as ``hostname``."""
KNOWN: Final = re.compile(
    r".*(id|uuid|url|uri|link|href|ip|size|weight|style|spacing|align|alignment|width|height|address|token|version|unit|user|by|from|to|owner|hash|sha|time|date|at|ts|code|tags|path|mail|channel"
    r"|icon|image|color|colour|format|locale|timezone|currency|operator|kind|class|category|type)$"
)
"""Names of texts that name no watched object."""
PREVIOUS: Final = _words(
    {"previous previousattributes old before oldvalues was prior earlier": "Stripe-like events, database triggers"}
)
"""Objects about an earlier state, which are not read."""
LISTS: Final = _words(
    {
        "alerts alarms alertlist alarmlist alertgroups": "HertzBeat, Netdata Cloud",
        "incidents problems": "Cortex XSOAR, Dynatrace",
        "alarmas alertas incidencias incidentes alarmes alertes allarmi alarme meldungen störungen": "templates",
        "stoerungen storingen alarmen larmen alarmy alerty тревоги аварии 告警列表 告警 アラート 경보목록": "templates",
    }
)
"""Names of a list of alarms."""
LIST_ENDINGS: Final = ("alarms", "alerts", "incidents", "problems", "faults")
"""Endings of other names of such a list, such as ``activeAlarms``."""
COLUMNS: Final = frozenset({"columns", "columnnames", "cols", "header", "headers", "fields"})
"""Names of the list of a table's columns."""
POSSIBLE_LISTS: Final = _words(
    {
        "events issues notifications findings violations": "AppDynamics, SonarQube",
        "items records results triggers messages entries data checks rows lines changes": "various",
    }
)
"""Names of a list that may also hold the details of one alarm."""

PRIORITIES: Final = frozenset({"p0", "p1", "p2", "p3", "p4", "p5"})
"""Values that are a severity under any name that names no thing."""
CLEAR_LEVELS: Final = _words(
    {"critical crit warning warn error fatal emergency major minor": "most senders", "sev0 sev1 sev2 sev3 sev4": "SREs"}
)
"""Words that are a severity under any name."""
LEVEL_WORDS: Final = {"alert": Severity.CRITICAL}
"""Words that are a severity only under the name of a level, as syslog has them."""

_TOKENS: Final = re.compile(r"[^\W_]+")
_CHANGES: Final = re.compile(
    r"(?:\b(?:from|von|de|da|van|från|fra|z|ze)\s+['\"\[]?(?P<a>[^\W\d]{2,20})['\"\]]?"
    r"\s+(?:to|auf|zu|nach|à|vers|a|para|naar|till|til|na|do)\b"
    r"|\b(?P<b>[^\W\d]{2,20})['\"\]]?\s{0,2}(?:[-=]{1,2}>|[→⇒➜➔]))\s{0,2}['\"\[]?(?P<to>[^\W\d]{2,20})",
    re.IGNORECASE,
)
"""What a state changed from and to, in a sentence."""
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBER: Final = re.compile(r"\d{1,3}")
LEGENDS: Final = ("scale", "legend", "map", "mapping", "names", "levels")
"""Endings of the names of a legend of numbers, such as ``severity_scale``; the first two also stand alone."""
_EXPLAINED: Final = re.compile(r"\b(\d{1,3}) ?[=:] ?([^\W\d_]{1,20})")
_MOST_LEGEND: Final = 500
_MOST_LETTERS: Final = 80
_MOST_TOKENS: Final = 8


def tokens(value: str) -> list[str]:
    """Return a text's words in lower case; ``errorStateChange`` and ``alert.resolved`` have several."""
    return _TOKENS.findall(folded(_CAMEL.sub(" ", value)))


def has_ended(value: Json) -> bool | None:
    """Return whether a state, or the name of an event, says that a problem is over; None if it says neither.

    Of several words the last one that means something decides: ``resolved_item``, ``recovery failed``. A sentence is
    not a state.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_LETTERS:
        return None
    found = tokens(value)
    if len(found) > _MOST_TOKENS or _is_topic(found):
        return None
    if found[-1:] == ["nicht"]:
        return None if has_ended(" ".join(found[:-1])) is None else False
    ended: bool | None = None
    is_negated = is_final = is_spoiled = False
    for before, word in zip(["", *found], found, strict=False):
        said = None if word == "up" and before in UP_TO_SOMETHING else _says(word)
        if said is None or (is_final and word in SEVERITIES):
            is_negated = is_negated or word in NEGATIONS
            is_spoiled = is_spoiled or word in SPOILERS
            continue
        ended = said is not is_negated and not is_spoiled
        is_final = ended and word not in CONDITIONS
        is_negated = False
    return ended


def _is_topic(found: list[str]) -> bool:
    """Whether the last word of an identifier is what it is about, as in ``online_status``."""
    return len(found) > 1 and found[-1] in {"status", "state", "check"}


def is_about_work(value: Json) -> bool:
    """Whether a text that says that something has ended may mean a run, which can have failed."""
    if not isinstance(value, str):
        return False
    return not any(word not in WORK_ENDED and _says(word) for word in tokens(value[:_MOST_LETTERS]))


def has_changed(sentence: str) -> bool | None:
    """Return whether what a sentence says a state changed to, as in ``from dead to alive``, is an end; None without."""
    told = ((has_ended(one["a"] or one["b"]), has_ended(one["to"])) for one in _CHANGES.finditer(sentence))
    return next((ended for began, ended in told if began is not None and ended is not None), None)


def condition(name: Json, is_so: Json, reason: Json = None) -> bool | None:
    """Return whether a condition as of Kubernetes, such as ``Ready`` with ``False``, is fine; None if unknown.

    A condition whose status is neither true nor false is not fine. If its name says nothing, its reason does.
    """
    if not isinstance(name, str) or not isinstance(is_so, str | bool) or str(is_so).lower() not in _CONDITION_STATES:
        return None
    found = tokens(name[:_MOST_LETTERS])
    is_good = not {*_BAD_CONDITIONS, *STANDING}.intersection(found)
    if is_good and not {*_GOOD_CONDITIONS, *ENDED}.intersection(found):
        return has_ended(reason)
    return str(is_so).lower() == str(is_good).lower()


def _says(word: str) -> bool | None:
    if word in ENDED:
        return True
    if word in STANDING:
        return False
    if word.isascii():
        return None
    part = next((part for part in ENDED_PARTS if part in word), None)
    if part is None:
        return False if any(one in word for one in STANDING_PARTS) else None
    return not any(no in word for no in NOT_PARTS)


def severity_of(
    value: Json,
    name: str = "",
    beside: Mapping[str, Json] | None = None,
    legend: Callable[[str], Json] | None = None,
) -> Severity | None:
    """Return the severity that a value states, or None; ``legend`` finds the body's own words for a name's numbers.

    Words may have symbols and other words around them. A number counts only on a known scale, which its ``name`` or the
    plain names ``beside`` it show.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _on_scale(int(value), name, beside or {}, legend) if abs(value) < _MOST_LETTERS else None
    if not isinstance(value, str) or len(value) > _MOST_LETTERS:
        return None
    word = value.strip().lower()
    if _NUMBER.fullmatch(word):
        return _on_scale(int(word), name, beside or {}, legend)
    found = tokens(value)
    if len(found) > _MOST_TOKENS:
        return None
    whole = (
        (LEVEL_WORDS.get(word) if name in _LEVEL_NAMES else None)
        or SEVERITIES.get(word)
        or SEVERITIES.get("".join(found))
    )
    return (
        whole
        or next((SEVERITIES[one] for one in found if one in SEVERITIES), None)
        or next((level for symbol, level in SYMBOLS.items() if symbol in value), None)
    )


def _on_scale(
    number: int, name: str, beside: Mapping[str, Json], legend: Callable[[str], Json] | None
) -> Severity | None:
    word = _explained(str(number), legend(name)) if legend else None
    if word is not None:
        return SEVERITIES.get(word.strip().lower())
    scale = _SCALE_OF_NAMES.get(name)
    if scale is None and name in {"level", "severity", "loglevel"}:
        tens = "pino" if beside.keys() >= _HINTS["pino"] else "tens"
        scale = "syslog" if beside.keys() & _HINTS["syslog"] else tens
    return _SCALES[scale].get(number) if scale else None


def _explained(number: str, legend: Json) -> str | None:
    """Return the word of a number by a body's own legend: ``{"2": "error"}``, ``{"error": 2}`` or ``1=high, 2=low``."""
    if isinstance(legend, str):
        legend = dict(_EXPLAINED.findall(legend[:_MOST_LEGEND]))
    if not isinstance(legend, dict):
        return None
    word = legend.get(number, next((word for word, meant in legend.items() if str(meant) == number), None))
    return word if isinstance(word, str) else None


def is_true(value: Json) -> bool | None:
    """Return a boolean, also one that is written as text, or as 1 or 0; None for any other value."""
    if isinstance(value, int):
        return bool(value) if value in {0, 1} else None
    return (
        {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
        if isinstance(value, str)
        else None
    )
