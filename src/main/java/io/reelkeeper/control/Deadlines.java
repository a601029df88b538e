package io.reelkeeper.control;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.util.function.IntFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Times by which something had to be heard: nobody is asked, the session is told that it is over.
@Configuration(proxyBeanMethods = false)
class Deadlines {

  @Bean
  Walk settleStart(Sessions sessions) {
    return new Deadline(sessions, TimerKind.SETTLE, Signal.SettleDue::new);
  }

  /// The session's door knows whether the App ID's watchdog may act.
  @Bean
  Walk missHighAvailability(Sessions sessions) {
    return new Deadline(sessions, TimerKind.HA, task -> new Signal.HaDue(task, Watchdog.OBSERVES));
  }

  @Bean
  Walk missPage(Sessions sessions) {
    return new Deadline(sessions, TimerKind.PAGE, Signal.PageDue::new);
  }

  @Bean
  Walk tokenEnds(Sessions sessions) {
    return new Deadline(sessions, TimerKind.TOKEN, Signal.TokenDue::new);
  }

  @Bean
  Walk expire(Sessions sessions) {
    return new Deadline(sessions, TimerKind.EXPIRY, Signal.ExpiryDue::new);
  }

  private record Deadline(Sessions sessions, TimerKind timer, IntFunction<Signal> signal)
      implements Walk {

    @Override
    public String kind() {
      return timer.name();
    }

    @Override
    public void run(String instance) {
      TaskId id = TaskId.parse(instance);
      sessions.apply(id.session(), signal.apply(id.number()));
    }
  }
}
