/* The function of the runtime tests in Java: does what the event asks for (tests/runtimes/README.md). */
package nightjar;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

public class Handler implements RequestHandler<Object, Object> {
    @Override
    public Object handleRequest(Object event, Context context) {
        if (!(event instanceof Map)) return event;
        Map<?, ?> order = (Map<?, ?>) event;
        String what = String.valueOf(order.get("do"));
        switch (what) {
            case "fail":
                throw new IllegalStateException(String.valueOf(order.get("message")));
            case "sleep":
                try {
                    Thread.sleep(((Number) order.get("ms")).longValue());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return "slept";
            case "big":
                return "x".repeat(((Number) order.get("bytes")).intValue());
            case "exit":
                Runtime.getRuntime().halt(3);
                return null;
            default:
                return event;
        }
    }
}
