package io.reelkeeper;

import io.reelkeeper.core.SharedClock;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The one place where time and randomness come from; a test replaces both beans.
@Configuration(proxyBeanMethods = false)
class TimeAndChance {

  /// The machine's own time, right or wrong; nobody is given it who does not ask for it by name.
  @Bean(defaultCandidate = false)
  @SuppressWarnings("TimeZoneUsage") // the one bean that may read the machine's clock
  Clock machineClock() {
    return Clock.systemUTC();
  }

  @Bean
  SharedClock clock(@Qualifier("machineClock") Clock machine) {
    return new SharedClock(machine);
  }

  @Bean
  RandomGenerator random() {
    return new SecureRandom();
  }
}
