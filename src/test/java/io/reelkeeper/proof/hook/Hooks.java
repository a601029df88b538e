package io.reelkeeper.proof.hook;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Puts [Points] around the product's calls to Agora and around its commits, and sets the machine's
/// clock wrong where that is wished.
///
/// It is found through `META-INF/spring.factories` of a jar behind the product's on the class path;
/// that itself is as it is delivered. The points are `acquire:before`, `acquire:after` and so on
/// for each call to Agora, and `<signal>:before-commit`, `<signal>:after-commit` for each signal,
/// with `open` for the acceptance of a start.
public final class Hooks implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  /// The system property that says by how much the clock is wrong, as in `PT-5S`.
  public static final String SKEW = "proof.skew";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    var points = new Points(Path.of(System.getProperty(Points.DIRECTORY)));
    var skew = Duration.parse(System.getProperty(SKEW, "PT0S"));
    context.getBeanFactory().addBeanPostProcessor(new Wrapping(points, skew));
  }

  private record Wrapping(Points points, Duration skew) implements BeanPostProcessor {

    @Override
    public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
      if (bean instanceof Clock clock && name.equals("machineClock")) {
        return skew.isZero() ? clock : Clock.offset(clock, skew);
      }
      return switch (AopUtils.getTargetClass(bean).getName()) {
        case "io.reelkeeper.provider.Agora" -> wrapped(bean, new Calls(points));
        case "io.reelkeeper.session.Sessions" -> wrapped(bean, new Signals());
        case "io.reelkeeper.timer.Timers" -> wrapped(bean, new Commits(points));
        default -> bean;
      };
    }

    private static Object wrapped(Object bean, MethodInterceptor around) {
      var factory = new ProxyFactory(bean);
      factory.setProxyTargetClass(true);
      factory.addAdvice(around);
      return factory.getProxy(bean.getClass().getClassLoader());
    }
  }

  private record Calls(Points points) implements MethodInterceptor {
    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
      String operation = call.getMethod().getName();
      points.pass(operation + ":before");
      Object answer = call.proceed();
      points.pass(operation + ":after");
      return answer;
    }
  }

  /// Remembers which signal this thread is taking in.
  private record Signals() implements MethodInterceptor {

    private static final ThreadLocal<String> TAKING_IN = ThreadLocal.withInitial(() -> "");

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
      String outer = TAKING_IN.get();
      switch (call.getMethod().getName()) {
        case "open" -> TAKING_IN.set("open");
        case "apply" ->
            TAKING_IN.set(requireNonNull(call.getArguments()[1]).getClass().getSimpleName());
        default -> {}
      }
      try {
        return call.proceed();
      } finally {
        TAKING_IN.set(outer);
      }
    }
  }

  /// Every transaction of the door sets its timers, with everything else written before.
  private record Commits(Points points) implements MethodInterceptor {
    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
      String signal = Signals.TAKING_IN.get();
      if (call.getMethod().getName().equals("change")
          && !signal.isEmpty()
          && TransactionSynchronizationManager.isSynchronizationActive()) {
        TransactionSynchronizationManager.registerSynchronization(
            new TransactionSynchronization() {
              @Override
              public void beforeCommit(boolean readOnly) {
                points.pass(signal + ":before-commit");
              }

              @Override
              public void afterCommit() {
                points.pass(signal + ":after-commit");
              }
            });
      }
      return call.proceed();
    }
  }
}
