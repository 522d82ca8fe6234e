import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import type { Calculation } from "../../api/types";
import { onSubmitKey } from "../../shared/global-keys";

export function CalculatorPanel({ task }: { task: number }) {
  const [expression, setExpression] = useState("");
  const work = useMutation({ mutationFn: () => api.post<Calculation>(`/tasks/${task}/calculations`, { expression: expression.trim() }) });
  const start = () => {
    if (expression.trim() !== "" && !work.isPending) work.mutate();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start();
  };
  return (
    <form className="card stack" onSubmit={submit} onKeyDown={onSubmitKey(start)}>
      <div className="form-row form-row-end">
        <TextInput label="Expression" description="+ − × ÷ ^ % ( ), compound(1000, 5, 10), percent(30, 200), change(80, 100), payment, mean, round, sqrt" required maxLength={1000} spellCheck={false} autoComplete="off" classNames={{ input: "mono" }} value={expression} onChange={(event) => setExpression(event.currentTarget.value)} />
        <Button type="submit" loading={work.isPending}>Work it out</Button>
      </div>
      {work.isError ? <Alert color="red" role="alert">{work.error.message}</Alert> : null}
      {work.data ? (
        <div role="status">
          <ol className="lines mono">
            {work.data.steps.map((step, place) => (
              <li key={place}>
                {step.text} {step.rounded ? "≈" : "="} {step.value}
              </li>
            ))}
          </ol>
          <Text fw={600} mt="xs" className="breaks">
            {work.data.rounded ? "≈" : "="} {work.data.value}
          </Text>
          <Text size="xs" c="dimmed">{work.data.rounded ? "Rounded at the fortieth digit." : "Exact."} Kept with your judgment.</Text>
        </div>
      ) : null}
    </form>
  );
}
