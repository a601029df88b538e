package io.reelkeeper.checklist;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Usage;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Policy;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// How much room an App ID has.
@RestController
@RequestMapping(path = "/v1/apps/{app}", produces = MediaType.APPLICATION_JSON_VALUE)
class QuotaController {

  private final Quota quota;
  private final Load load;
  private final Workers workers;
  private final HaWatchdogs watchdogs;
  private final Policy policy;
  private final ChecklistSettings settings;

  QuotaController(
      Quota quota,
      Load load,
      Workers workers,
      HaWatchdogs watchdogs,
      Policy policy,
      ChecklistSettings settings) {
    this.quota = quota;
    this.load = load;
    this.workers = workers;
    this.watchdogs = watchdogs;
    this.policy = policy;
    this.settings = settings;
  }

  @Operation(summary = "Requests per second and workers of an App ID: limit, in use, forecast")
  @Problems(Problem.NOT_FOUND)
  @GetMapping("/quota")
  QuotaView quota(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String app) {
    ChecklistSettings.App configured = settings.app(caller, app);
    Usage usage = quota.usage(app);
    Load.Recorders recorders = load.of(app);
    Load.Recorders channels = load.ofChannels(app);
    double askedPerSecond = recorders.running() * 1000.0 / policy.monitorInterval().toMillis();
    return new QuotaView(
        app,
        new QuotaView.Requests(usage.limit(), usage.used(), askedPerSecond, usage.slowedUntil()),
        new QuotaView.Workers(
            configured.concurrentWorkers(),
            channels.running(),
            channels.running() + channels.starting(),
            channels.unknown()),
        QuotaView.webWorkers(workers.figures(app)),
        Watchdog.of(watchdogs.state(app)));
  }
}
