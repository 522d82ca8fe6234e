import { useSession } from "../../api/session";
import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { PasswordForm } from "./password-form";
import { PersonalData } from "./personal-data";
import { SecondFactor } from "./second-factor";
import { SessionList } from "./session-list";
import { TokenList } from "./token-list";

export function AccountPage() {
  const { person } = useSession();
  return (
    <Page title="Your account" about={<><bdi>{person.name}</bdi> · signs in as <bdi>{person.login}</bdi></>}>
      <Section title="Where you are signed in">
        <SessionList />
      </Section>
      <div className="halves account-halves">
        <Section title="Password">
          <PasswordForm />
        </Section>
        <Section title="Second step at sign-in">
          <SecondFactor />
        </Section>
      </div>
      <Section title="API tokens">
        <TokenList />
      </Section>
      <Section title="Your data">
        <PersonalData />
      </Section>
    </Page>
  );
}
