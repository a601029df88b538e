package io.reelkeeper.session.machine;

/// Every decision that the machine can take, by name, and what it means to an operator.
public enum Rule {
  NOTED("kept in the history; no task changes"),

  START_SENT("a resource ID is there and the start goes out"),
  START_SENT_AGAIN("the very same start goes out again"),
  START_OUTDATED("this try was overtaken by another one; nothing is sent"),
  START_ABANDONED("not wanted any more before anything was sent"),
  START_ACCEPTED("Agora accepted the start"),
  START_SURPLUS("Agora accepted a start that is not wanted any more; it is stopped"),
  START_REFUSED("Agora refused the start for good"),
  START_REFUSED_OTHER_STAYS("the replacement was refused; what may still record stays"),
  START_RETRIED("the start is tried again after a pause"),
  START_REACQUIRED("the resource ID was too old; a new one is acquired"),
  START_UNDER_OTHER_UID("the start failed for good under this UID; it is tried under the other"),
  START_OUT_OF_REACH("no domain of Agora gave a usable answer for the whole schedule"),
  START_WORKERS_EXHAUSTED("Agora has no worker left for this App ID"),
  START_UNKNOWN("it is not known whether the start succeeded; a notice may tell"),
  UNKNOWN_REPLACED("no notice told what became of the start; another UID takes over"),
  UNKNOWN_KEPT("not needed any more, and still unknown; it stays visible"),
  UNKNOWN_GIVEN_UP("the longest life of a start of unknown outcome is over"),
  SID_ADOPTED("a notice told the lost sid; its recorder serves the session"),
  SID_ADOPTED_SURPLUS("a notice told the lost sid; its recorder is not needed and is stopped"),

  CONFIRMED("status 4 or 5: it records"),
  PROVEN_AGAIN("it still records"),
  FOUND_AGAIN("it was in doubt and records again"),
  NOT_READY_YET("it has a sid and is not ready yet; asked again"),
  NOT_CONFIRMED_IN_TIME("not confirmed within the deadline; replaced"),
  DOUBTED("it cannot be found; asked again"),
  LOST("asked for several times it was not found; replaced"),
  LOST_PROVEN("a replaced task stayed away for the whole doubt window; it has ended"),
  LOST_OR_IDLE("it could not be found; whether the channel is empty is asked first"),
  UNHEARD("the question was not answered; nothing is concluded"),
  POSTPONED("commands went first; asked a little later"),
  QUERY_REFUSED("our credentials or URL are refused; an alarm, never a restart"),

  ENDED_AS_ASKED("a notice proves the end that was asked for"),
  ENDED_UNASKED("it ended without being asked; replaced at once"),
  ENDED_IDLE("the channel was empty; the session ends"),
  ENDED_IDLE_WAITING("the channel was empty; it is recorded again when somebody comes"),
  ENDED_BY_PAGE("the web recording ended by itself; the session ends"),
  ENDED_LATE("the end of a task that had ended before"),
  CAME_BACK("a recorder that counted as ended gives signs of life; it is stopped"),
  FAILED_OVER("Agora moved the recorder to another UID; the recording goes on"),
  HA_REGISTERED("Agora's high availability watches this recorder"),
  HA_REGISTERED_LATE("event 13 came late; the replacement that was started for it is called off"),
  HA_REPLACED("event 13 did not come in time; another recorder takes over"),
  HA_MISSED("event 13 did not come in time; only noted"),
  HA_TRIPPED("event 13 reaches us for no recorder of this App ID; the watchdog only observes now"),
  RESOURCE_EXPIRING("the recorder will soon be beyond our control; replaced if it is still wanted"),
  FATAL_REPORTED("Agora reports an error that may end the recording; asked at once"),
  EVIDENCE("a signed notice proves that it records"),

  USERS_CAME("somebody is in the channel again; recorded again"),
  STILL_EMPTY("the channel is still empty; looked again later"),

  PAGE_READY("the recorded page has loaded"),
  PAGE_ALIVE("the recorded page is well"),
  PAGE_NOT_READY("the recorded page did not load in time; replaced"),
  PAGE_SILENT("the recorded page missed three reports; replaced"),

  WARNED("the caller was warned when it was accepted"),
  UPDATE_SENT("the change goes out to Agora"),
  UPDATE_CROWDED("another change waits for its answer; this one does not go out yet"),
  UPDATE_UNSERVED("nothing records at the moment that could be changed"),
  UPDATE_ACCEPTED(
      "Agora accepted the change; every other recorder gets it, and replacements start so"),
  UPDATE_REFUSED("Agora refused the change; everything stays as it was"),
  UPDATE_NOT_FOUND("Agora does not find the recorder that was to be changed; asked at once"),
  UPDATE_UNHEARD("it is not known whether the change is in force; it counts as not made"),
  UPDATE_CAUGHT_UP("this recorder is as the session was changed to be"),
  UPDATE_NOT_CAUGHT_UP("Agora refuses to this recorder what it accepted before; an alarm"),
  UPDATE_REPEATED("this recorder could not be brought up to date; tried again"),
  CREDENTIALS_SENT("credentials that end were sent; they are replaced in time"),
  STORAGE_TOKEN_SHORT("the storage token is valid for less than four hours; an alarm"),
  STORAGE_TOKEN_LATE("no fresh storage token got to Agora; tried again, and an alarm if it cannot"),
  TOKEN_EXPIRING("the RTC token ends soon; a recorder with a new one takes over when it may"),

  REPLACED_AS_ASKED(
      "an operator wanted another recorder; this one stays until the other one records"),
  REPLACE_DECLINED(
      "no replacement now: nothing records, one takes over already, or the budget is used up"),

  STOP_ACCEPTED("every recorder of the session is stopped until its end is proven"),
  STOP_CONFIRMED("the end is proven"),
  STOP_REFUSED("our credentials or URL are refused; an alarm, and stopped again"),
  STOP_REPEATED("the end is not proven; stopped again"),
  STOP_PROVEN_BY_ABSENCE("not found for the whole doubt window; it has ended"),

  AUDITED("the bucket was looked into; it is looked into again"),
  AUDIT_SETTLED("it is settled whether the files are where they belong"),

  SUCCESSOR_FAILED("what was to take over failed; the recorder that works stays"),
  REPLACEMENTS_EXHAUSTED("too many replacements; the session fails rather than bill for ever");

  private final String meaning;

  Rule(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
