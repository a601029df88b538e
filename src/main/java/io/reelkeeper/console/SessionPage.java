package io.reelkeeper.console;

import io.reelkeeper.api.OwnSessions;
import io.reelkeeper.api.SessionViews;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.audit.Audits;
import io.reelkeeper.console.look.SessionFacts;
import io.reelkeeper.console.picture.Picture;
import io.reelkeeper.console.picture.Story;
import io.reelkeeper.evidence.EvidenceZip;
import io.reelkeeper.evidence.Moment;
import io.reelkeeper.evidence.Timeline;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/// One session: its life, its files, and what can be done about it.
@Controller
@RequestMapping("/console/sessions/{id}")
class SessionPage {

  /// The life of a day with a query every two minutes; of a longer one the beginning is shown.
  private static final int MOMENTS = 3_000;

  /// What a button has led to, as the page says it afterwards.
  private static final Map<String, String> DONE =
      Map.of(
          "stopped", "Every recorder is being stopped; it is over when their end is proven.",
          "over", "It was over already; nothing was done.",
          "replaced", "Another recorder takes over; this one stays until the other one records.",
          "not-replaced",
              "Not replaced: nothing records, one takes over already, or the budget is used up.",
          "audited", "The bucket is being looked into.");

  private final OwnSessions own;
  private final Sessions sessions;
  private final SessionViews views;
  private final Timeline timeline;
  private final Audits audits;
  private final EvidenceZip evidence;
  private final Clock clock;

  SessionPage(
      OwnSessions own,
      Sessions sessions,
      SessionViews views,
      Timeline timeline,
      Audits audits,
      EvidenceZip evidence,
      Clock clock) {
    this.own = own;
    this.sessions = sessions;
    this.views = views;
    this.timeline = timeline;
    this.audits = audits;
    this.evidence = evidence;
    this.clock = clock;
  }

  @GetMapping
  String session(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String done,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String live,
      Model model) {
    Session session = own.get(caller, id);
    Instant now = clock.instant();
    List<Moment> moments = timeline.read(session, Timeline.Place.START, MOMENTS).moments();
    model.addAttribute("facts", SessionFacts.of(session, views.of(session), now));
    model.addAttribute("picture", Picture.of(session, moments, now));
    model.addAttribute("story", Story.of(moments));
    model.addAttribute("done", done == null ? null : DONE.get(done));
    return live == null ? "console/session" : "console/session :: live";
  }

  @PostMapping("/stop")
  String stop(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Session session = own.get(caller, id);
    Sessions.Applied applied = sessions.apply(session.id(), new Signal.StopAsked("requested"));
    return back(session, applied.rule() == Rule.STOP_ACCEPTED ? "stopped" : "over");
  }

  @PostMapping("/replace")
  String replace(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Session session = own.get(caller, id);
    Sessions.Applied applied = sessions.apply(session.id(), new Signal.ReplaceAsked());
    return back(session, applied.rule() == Rule.REPLACED_AS_ASKED ? "replaced" : "not-replaced");
  }

  @PostMapping("/audit")
  String audit(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Session session = own.get(caller, id);
    audits.now(session);
    return back(session, "audited");
  }

  @GetMapping("/evidence")
  ResponseEntity<Resource> evidence(
      @AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return evidence.of(own.get(caller, id));
  }

  private static String back(Session session, String done) {
    return "redirect:/console/sessions/%s?done=%s".formatted(session.id(), done);
  }
}
