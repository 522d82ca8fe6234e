import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onSessionEnded } from "../../api/client";
import { useSession } from "../../api/session";
import { SignInForm } from "./sign-in-form";

// A session that ends while somebody works takes nothing away: the page stays as it is below this question.
export function SignInAgain() {
  const { person } = useSession();
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    onSessionEnded(() => setEnded(true));
    return () => onSessionEnded(() => undefined);
  }, []);
  const done = () => {
    setEnded(false);
    void client.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
  };
  return (
    <Modal opened={ended} onClose={() => setEnded(false)} title="Your session has ended" centered closeOnClickOutside={false}>
      <Text size="sm" mb="md">
        Sign in again to go on. What you typed is still here.
      </Text>
      <SignInForm login={person.login} done={done} />
    </Modal>
  );
}
