package io.reelkeeper.checklist;

import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Usage;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Policy;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// What each App ID may use at Agora, uses, and will need.
@Component
public class Quotas {

  private final Quota quota;
  private final Load load;
  private final Workers workers;
  private final HaWatchdogs watchdogs;
  private final Policy policy;
  private final ChecklistSettings settings;

  Quotas(
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

  /// The figures of an app; nothing when none is configured by this name.
  public Optional<QuotaView> of(String app) {
    return Optional.ofNullable(settings.apps().get(app)).map(it -> of(app, it));
  }

  QuotaView of(String app, ChecklistSettings.App configured) {
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
