package bench;

import java.io.Serializable;

/** One line of the topic. A POJO to Flink: public fields, a constructor without arguments. */
public class Transaction implements Serializable {
    /** Event time, epoch milliseconds. */
    public long timeMs;
    public int origin;
    public int target;
    /** Whole dollars. */
    public int amount;
    /** Wall clock of whoever wrote the line, epoch milliseconds; 0 where the line has none. */
    public long writtenMs;

    public Transaction() {}

    void writeTo(StringBuilder text) {
        text.append("\nTransaction{timestamp=").append(timeMs).append(", origin=").append(origin)
            .append(", target='").append(target).append("', amount=").append(amount).append('}');
    }
}
